from fakes.play import play

play("engine")
