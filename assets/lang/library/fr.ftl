# French: the words of the library.

screen-library = Bibliothèque
cmd-show-library = Aller à la bibliothèque
