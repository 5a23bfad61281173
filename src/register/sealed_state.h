/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEALED_STATE_H
#define REGISTER_SEALED_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "register/seal_head.h"
#include "register/sealed.h"

/* The inside of a sealed file that is open: shared by sealed*.c, array_round.c and
 * stored_windows.c, nobody else. */

#define CHECK_THREADS 2u /* one hashes the file, one authenticates its chunks */

/* Where the sealed bytes of a chunk are. */
struct chunk {
    uint64_t at;
    uint32_t length;
    bool last;
};

/* The check of the whole file, which goes on while the register is used. */
struct check {
    pthread_t thread;
    bool started;
    atomic_bool stop;                      /* nobody wants the answer any more */
    unsigned char *scratch[CHECK_THREADS]; /* owned */

    pthread_mutex_t turn; /* guards the next two */
    pthread_cond_t idle;  /* nobody is hurried any more */
    unsigned hurried;     /* how many are between sealed_begin() and sealed_end() */

    pthread_mutex_t lock; /* guards what follows, once it has started */
    bool ended;
    uint8_t digest[SHA256_BYTES];
    struct tq_error err; /* status TQ_OK: all is well */
};

struct sealed {
    char *path; /* owned; for messages */
    struct check check;
    int fd;
    uint64_t size_bytes;
    struct seal_header header;
    struct seal_key key;
    struct seal_shapes shapes;
    struct seal_layout layout;
    struct chunk *chunks; /* owned; layout.chunk_count of them */

    pthread_mutex_t lock; /* guards what follows */
    unsigned threads;
    unsigned char **scratch; /* owned, by thread: SEALED_SCRATCH_BYTES each */
    bool has_subjects;       /* the keys of all subjects are in memory */
    bool *in_memory;         /* owned, by array of the layout */
    bool *asked_for;         /* owned, by array: stays in memory */
    uint32_t *holds;         /* owned, by array: who reads others that are coded against it */
    atomic_uint *parts;      /* owned, by field: those in memory; read without the lock */
};

/* For what changes with the lock. Who asks for something goes before the check of the file. */
void sealed_lock(struct sealed *sealed);
void sealed_unlock(struct sealed *sealed);

/* The file as bytes. TQ_E_IO, TQ_E_SYNTAX: it cannot be read, or is cut short. */
int sealed_open_file(struct sealed *sealed, const char *path, struct tq_error *err) MUST_CHECK;
int sealed_read_bytes(const struct sealed *sealed, uint64_t at, void *data, size_t length,
                      struct tq_error *err) MUST_CHECK;

/* Find where chunk `number` is, which begins at `at`; then, once the head is known, all of them. */
int sealed_find_chunk(const struct sealed *sealed, uint64_t number, uint64_t at,
                      struct chunk *out_chunk, struct tq_error *err) MUST_CHECK;
int sealed_find_chunks(struct sealed *sealed, struct tq_error *err) MUST_CHECK;

/* Give the memory of an array back if nobody needs it any more; with the lock held. */
void sealed_drop(struct sealed *sealed, const struct reg *reg, size_t number);

/* The part that an array belongs to, without those that come before it. */
unsigned sealed_part_of(unsigned which);

/* Read, authenticate and unpack a chunk into `scratch` (SEALED_SCRATCH_BYTES); then decode it. */
int sealed_unpack_chunk(const struct sealed *sealed, uint64_t number, unsigned char *scratch,
                        struct slice *out_coded, struct tq_error *err) MUST_CHECK;
int sealed_decode(const struct array_code *code, uint64_t chunk, uint64_t first, size_t count,
                  struct slice coded, struct tq_error *err) MUST_CHECK;

/* The check: false when memory runs out; clear stops it if it is under way. */
bool sealed_check_init(struct check *check);
int sealed_check_start(struct sealed *sealed, struct tq_error *err) MUST_CHECK;
void sealed_check_clear(struct check *check);

#endif
