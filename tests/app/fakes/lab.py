from fakes.play import play

play("lab")
