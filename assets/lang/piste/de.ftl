# German: the words of the live screen.

screen-piste = Bahn
cmd-show-piste = Zur Bahn
