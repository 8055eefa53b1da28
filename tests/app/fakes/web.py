from fakes.play import play

play("web")
