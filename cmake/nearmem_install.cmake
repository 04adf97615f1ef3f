# Installing: headers, library, CMake package and pkg-config file.
