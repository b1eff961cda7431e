# English: the words of the library.

screen-library = Library
cmd-show-library = Go to the library
