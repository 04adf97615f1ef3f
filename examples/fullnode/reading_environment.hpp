#pragma once

namespace leveldb {
class Env;  // NOLINT(readability-identifier-naming): LevelDB's own name
}

namespace nearmem::fullnode {

// LevelDB's environment, but for its tables, which are read with pread: LevelDB maps them, a
// thousand of them, and what the page cache holds of a database's files would stand in the
// process's resident memory as if it were the node's own.
leveldb::Env* reading_environment();

}  // namespace nearmem::fullnode
