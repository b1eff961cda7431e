# Italian: the words of the library.

screen-library = Archivio
cmd-show-library = Vai all’archivio
