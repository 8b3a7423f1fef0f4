# Turns the file INPUT into a C source OUTPUT that defines NAME[] and NAME_length (without the final NUL), as the header
# HEADER declares them.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\nconst char ${NAME}[] = \"${bytes}\";\nconst size_t ${NAME}_length = sizeof ${NAME} - 1;\n")
