# Spanish: the words of the live screen.

screen-piste = Pista
cmd-show-piste = Ir a la pista
