# French: the words of the live screen.

screen-piste = Piste
cmd-show-piste = Aller à la piste
