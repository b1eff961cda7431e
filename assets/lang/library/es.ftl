# Spanish: the words of the library.

screen-library = Biblioteca
cmd-show-library = Ir a la biblioteca
