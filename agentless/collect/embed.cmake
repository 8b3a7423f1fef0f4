# Turns the file INPUT into a C source OUTPUT that defines probe_script[], its length without the final NUL.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUTPUT} "#include \"agentless/collect/probe.h\"\nconst char probe_script[] = {${bytes}0};\nconst size_t probe_script_length = sizeof probe_script - 1;\n")
