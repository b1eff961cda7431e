# Italian: the words of the live screen.

screen-piste = Pedana
cmd-show-piste = Vai alla pedana
