from fakes.play import play

play("recorder")
