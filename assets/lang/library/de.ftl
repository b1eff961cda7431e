# German: the words of the library.

screen-library = Sammlung
cmd-show-library = Zur Sammlung
