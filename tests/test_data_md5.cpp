#include "experiments/data/md5.h"
#include "tests/catch.h"

using ff::experiments::md5_hex;

TEST_CASE("md5_hex gives RFC 1321's own examples", "[data]") {
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5_hex("a") == "0cc175b9c0f1b6a831c399e269772661");
  CHECK(md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(
      md5_hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
      "57edf4a22be3c955ac49da2e2107b67a");
}

TEST_CASE("md5_hex pads at every length around a block", "[data]") {
  // From Python's hashlib: the MD5 of the concatenated hex digests of 'x' repeated 0 to 129 times.
  std::string all;
  for (std::size_t length = 0; length < 130; ++length) all += md5_hex(std::string(length, 'x'));
  CHECK(md5_hex(all) == "6638bf0c12c07cffaf1d9ecd65b95eeb");
}
