// Entry point of the program ff.
#include "experiments/program.h"

int main(int argc, char** argv) { return ff::experiments::run_program(argc, argv); }
