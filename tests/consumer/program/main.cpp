// Program ff with the extensions declared in mine.h.
#include "mine.h"

int main(int argc, char** argv) {
  return ff::experiments::run_program(argc,
                                      argv,
                                      {.layers = {mine::leaky_abs(), mine::scaled()},
                                       .goodnesses = {mine::peak_goodness()},
                                       .losses = {mine::squared_hinge()},
                                       .objectives = {mine::peak_channels()},
                                       .rules = {mine::sign_momentum()},
                                       .data_kinds = {mine::stripes()}});
}
