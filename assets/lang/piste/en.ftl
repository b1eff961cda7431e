# English: the words of the live screen.

screen-piste = Piste
cmd-show-piste = Go to the piste
