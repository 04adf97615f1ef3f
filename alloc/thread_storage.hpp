#pragma once

// NEARMEM_THREAD_STORAGE before a thread_local of a hot path says how code reaches it.
//
// By the initial-exec model: one load and no call, whatever the code is compiled for. In what
// dlopen loads these variables then take room that the C library keeps for that in every thread
// (glibc: 1,664 bytes), and loading fails where others have used it up. -DNEARMEM_INITIAL_EXEC=0 is
// for that case: position-independent code asks for the address by a call instead.
#ifndef NEARMEM_INITIAL_EXEC
#define NEARMEM_INITIAL_EXEC 1
#endif
#if NEARMEM_INITIAL_EXEC
#define NEARMEM_THREAD_STORAGE [[gnu::tls_model("initial-exec")]]
#else
#define NEARMEM_THREAD_STORAGE
#endif
