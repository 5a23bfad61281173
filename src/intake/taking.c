/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/taking.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/hash.h"
#include "intake/walk.h"
#include "store/vault.h"

#define BLOCK_BYTES ((size_t)1 << 20)
/* A sync costs as much as some hundred small files; what was not recorded yet is copied again after
 * a kill. */
#define GROUP_FILES_MAX  2000u
#define GROUP_BYTES_MAX  ((uint64_t)128 << 20)
#define GROUP_SLOTS      4096u                /* a power of two, more than GROUP_FILES_MAX */
#define GROWTH_BYTES_MAX ((uint64_t)16 << 20) /* a file that somebody keeps writing to must end */

/* A file that was copied, and waits to be recorded. Texts are in the arena. */
struct pending {
    const char *path, *origin;
    const char *note; /* NULL: nothing odd */
    uint8_t sha256[SHA256_BYTES];
    uint64_t size_bytes;
};

struct taking {
    struct case_store *store;
    struct ledger *ledger;
    const struct intake_request *request;
    char *by; /* owned */
    struct vault_group *group;
    struct arena texts;
    struct pending items[GROUP_FILES_MAX];
    uint16_t slots[GROUP_SLOTS]; /* by digest: position in items + 1, 0: free */
    size_t count;
    uint64_t bytes; /* in the group */
    bool begun;     /* a transaction is open on the store */
    char *block;    /* BLOCK_BYTES */
    struct intake_summary summary;
};

DEFINE_CLEANUP(struct taking *, taking_free)
DEFINE_CLEANUP(struct vault_writer *, vault_abandon)

/* ---- who and when ---- */

/* The login name of whoever runs this, or the number if it has none. */
static char *login_name(void)
{
    CLEANUP(buf_clear_cleanup) struct buf memory = {0};
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    struct passwd entry, *found = NULL;
    char *room = buf_extend(&memory, 16384); /* more than any record of a user */

    if (room && getpwuid_r(geteuid(), &entry, room, memory.length, &found) == 0 && found)
        buf_add_text(&name, entry.pw_name);
    else
        buf_format(&name, "uid %lu", (unsigned long)geteuid());
    return buf_take(&name);
}

static void format_now(char text[32])
{
    time_t now = time(NULL);
    struct tm parts;

    if (!gmtime_r(&now, &parts) || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
}

int taking_new(struct case_store *store, struct ledger *ledger,
               const struct intake_request *request, struct taking **out_taking,
               struct tq_error *err)
{
    CLEANUP(taking_free_cleanup) struct taking *taking = alloc_zeroed(1, sizeof(*taking));
    int r;

    if (!taking)
        return tq_no_memory(err);
    taking->store = store;
    taking->ledger = ledger;
    taking->request = request;
    taking->block = alloc_zeroed(BLOCK_BYTES, 1);
    taking->by = request->by ? NULL : login_name();
    if (!taking->block || (!request->by && !taking->by))
        return tq_no_memory(err);
    r = vault_group_new(case_folder(store), &taking->group, err);
    if (r < 0)
        return r;
    *out_taking = TAKE(taking);
    return TQ_OK;
}

struct taking *taking_free(struct taking *taking)
{
    if (!taking)
        return NULL;
    if (taking->begun)
        case_rollback(taking->store);
    (void)vault_group_free(taking->group);
    arena_clear(&taking->texts);
    free(taking->block);
    free(taking->by);
    free(taking);
    return NULL;
}

struct intake_summary taking_summary(const struct taking *taking)
{
    return taking->summary;
}

/* ---- recording a group ---- */

static struct custody make_custody(const struct taking *taking, const struct pending *item,
                                   const char *now)
{
    const struct intake_request *request = taking->request;

    return (struct custody){.source = slice_of(request->source),
                            .by = slice_of(request->by ? request->by : taking->by),
                            .taken = slice_of(now),
                            .origin = slice_of(item->origin)};
}

static void add_member(struct buf *out, const char *name, struct slice value)
{
    buf_format(out, ",\"%s\":", name);
    escape_json(out, value);
}

static int write_ledger(struct taking *taking, const char *now, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    for (size_t i = 0; i < taking->count; i++) {
        const struct pending *item = &taking->items[i];
        struct custody custody = make_custody(taking, item, now);
        char hex[SHA256_HEX + 1];
        int r;

        hex_of(item->sha256, SHA256_BYTES, hex);
        buf_empty(&detail);
        buf_add_text(&detail, "{\"path\":");
        escape_json(&detail, slice_of(item->path));
        buf_format(&detail, ",\"sha256\":\"%s\",\"size\":%llu", hex,
                   (unsigned long long)item->size_bytes);
        add_member(&detail, "source", custody.source);
        add_member(&detail, "by", custody.by);
        add_member(&detail, "origin", custody.origin);
        if (item->note)
            add_member(&detail, "note", slice_of(item->note));
        buf_add_byte(&detail, '}');
        r = buf_check(&detail, err);
        if (r < 0)
            return r;
        r = ledger_add(taking->ledger, "take", buf_slice(&detail), err);
        if (r < 0)
            return r;
    }
    return ledger_sync(taking->ledger, err);
}

static int add_exhibits(struct taking *taking, const char *now, struct tq_error *err)
{
    for (size_t i = 0; i < taking->count; i++) {
        const struct pending *item = &taking->items[i];
        struct custody custody = make_custody(taking, item, now);
        uint32_t number;
        int r;

        r = case_add_exhibit(taking->store, 0, slice_of(item->path), item->sha256, item->size_bytes,
                             &custody, &number, err);
        if (r < 0)
            return r;
        if (!item->note)
            continue;
        r = case_add_custody_note(taking->store, number, slice_of(item->note), err);
        if (r < 0)
            return r;
        if (item->size_bytes > 0)
            continue;
        /* A link, a device, something unreadable: there is nothing to read. */
        r = case_set_exhibit(taking->store, number, (struct slice){0}, EXHIBIT_FAILED, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* One transaction for a group, begun with its first question, so that not every file asks SQLite
 * for its locks. */
static int begin(struct taking *taking, struct tq_error *err)
{
    int r;

    if (taking->begun)
        return TQ_OK;
    r = case_begin(taking->store, err);
    if (r < 0)
        return r;
    taking->begun = true;
    return TQ_OK;
}

int taking_flush(struct taking *taking, struct tq_error *err)
{
    char now[32];
    int r;

    if (taking->count == 0)
        return TQ_OK;
    format_now(now);
    r = vault_group_sync(taking->group, err);
    if (r < 0)
        return r;
    r = write_ledger(taking, now, err);
    if (r < 0)
        return r;
    r = begin(taking, err);
    if (r < 0)
        return r;
    r = add_exhibits(taking, now, err);
    if (r < 0)
        return r;
    r = case_commit(taking->store, err);
    if (r < 0)
        return r;
    taking->begun = false;
    taking->count = 0;
    memset(taking->slots, 0, sizeof(taking->slots));
    taking->bytes = 0;
    arena_reset(&taking->texts);
    return TQ_OK;
}

/* ---- one file ---- */

/* Where in the slots of the group this digest is, or could be put; several files may share it. */
static size_t first_slot(const uint8_t sha256[SHA256_BYTES])
{
    uint16_t start;

    memcpy(&start, sha256, sizeof(start));
    return start % GROUP_SLOTS;
}

static bool is_waiting(const struct taking *taking, struct slice path,
                       const uint8_t sha256[SHA256_BYTES])
{
    for (size_t at = first_slot(sha256); taking->slots[at]; at = (at + 1) % GROUP_SLOTS) {
        const struct pending *item = &taking->items[taking->slots[at] - 1];

        if (memcmp(item->sha256, sha256, SHA256_BYTES) == 0 && slice_is(path, item->path))
            return true;
    }
    return false;
}

/* Whether the case, or the group that waits, has this path with these bytes already. */
static int is_known(struct taking *taking, struct slice path, const uint8_t sha256[SHA256_BYTES],
                    bool *out_known, struct tq_error *err)
{
    uint32_t number;
    int r;

    if (is_waiting(taking, path, sha256)) {
        *out_known = true;
        return TQ_OK;
    }
    r = begin(taking, err);
    if (r < 0)
        return r;
    r = case_find_exhibit(taking->store, 0, path, sha256, &number, err);
    if (r < 0)
        return r;
    *out_known = number != 0;
    return TQ_OK;
}

static void count_file(struct taking *taking, uint64_t size_bytes, bool known, bool noted)
{
    const struct intake_request *request = taking->request;

    taking->summary.files++;
    taking->summary.bytes += size_bytes;
    taking->summary.known += known;
    taking->summary.noted += noted;
    if (request->progress)
        request->progress(request->state, taking->summary.files, taking->summary.bytes);
}

static char *origin_text(struct taking *taking, const struct taking_source *source)
{
    CLEANUP(buf_clear_cleanup) struct buf origin = {0};

    buf_add_slice(&origin, source->origin);
    if (source->below_origin) {
        if (source->origin.length == 0 || source->origin.data[source->origin.length - 1] != '/')
            buf_add_byte(&origin, '/');
        buf_add_slice(&origin, source->path);
    }
    return origin.failed ? NULL : arena_text(&taking->texts, buf_slice(&origin));
}

/* The bytes are in the group of the vault; put the file beside the others that wait. */
static int add_pending(struct taking *taking, const struct taking_source *source,
                       const uint8_t sha256[SHA256_BYTES], uint64_t size_bytes, struct slice note,
                       struct tq_error *err)
{
    struct pending item = {.size_bytes = size_bytes};
    size_t at;

    memcpy(item.sha256, sha256, SHA256_BYTES);
    item.path = arena_text(&taking->texts, source->path);
    item.origin = origin_text(taking, source);
    if (note.length > 0)
        item.note = arena_text(&taking->texts, note);
    if (!item.path || !item.origin || (note.length > 0 && !item.note))
        return tq_no_memory(err);
    at = first_slot(sha256);
    while (taking->slots[at])
        at = (at + 1) % GROUP_SLOTS;
    taking->items[taking->count++] = item;
    taking->slots[at] = (uint16_t)taking->count;
    taking->bytes += size_bytes;
    count_file(taking, size_bytes, false, note.length > 0);
    if (taking->count == GROUP_FILES_MAX || taking->bytes >= GROUP_BYTES_MAX)
        return taking_flush(taking, err);
    return TQ_OK;
}

/* Read a block. Trouble with the evidence ends the file, and is noted. */
static size_t read_block(struct taking *taking, int fd, uint64_t at, struct buf *note)
{
    struct tq_error trouble;
    size_t got = 0;

    if (file_read(fd, taking->block, BLOCK_BYTES, &got, &trouble) < 0)
        buf_format(note, "%scould not be read beyond byte %llu: %s", note->length ? "; " : "",
                   (unsigned long long)at, strerror(errno));
    return got;
}

/* Copy the rest of the file; its first block has been read already. */
static int copy_blocks(struct taking *taking, int fd, size_t got, uint64_t limit, struct buf *note,
                       uint8_t sha256[SHA256_BYTES], uint64_t *out_size, struct tq_error *err)
{
    CLEANUP(vault_abandon_cleanup) struct vault_writer *writer = NULL;
    uint64_t total = 0;
    int r = vault_begin(case_folder(taking->store), &writer, err);

    if (r < 0)
        return r;
    while (got > 0) {
        r = vault_write(writer, taking->block, got, err);
        if (r < 0)
            return r;
        total += got;
        if (total >= limit)
            break; /* longer than it was: noted by the caller */
        got = got == BLOCK_BYTES ? read_block(taking, fd, total, note) : 0;
    }
    return vault_group_add(taking->group, TAKE(writer), sha256, out_size, err);
}

static void note_changes(int fd, const struct stat *before, uint64_t copied, struct buf *note)
{
    struct stat after;

    if (fstat(fd, &after) < 0)
        return;
    if (copied != (uint64_t)before->st_size || after.st_size != before->st_size)
        buf_format(note,
                   "%schanged while it was copied: %lld bytes before, %llu copied, %lld after",
                   note->length ? "; " : "", (long long)before->st_size, (unsigned long long)copied,
                   (long long)after.st_size);
    else if (after.st_mtim.tv_sec != before->st_mtim.tv_sec
             || after.st_mtim.tv_nsec != before->st_mtim.tv_nsec)
        buf_format(note, "%swas written to while it was copied", note->length ? "; " : "");
}

static int copy_file(struct taking *taking, const struct taking_source *source, int fd,
                     const struct stat *info, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf note = {0};
    uint8_t sha256[SHA256_BYTES];
    uint64_t size = 0;
    bool known = false, named;
    size_t got = read_block(taking, fd, 0, &note);
    int r;

    r = begin(taking, err);
    if (r < 0)
        return r;
    r = case_has_name(taking->store, 0, source->path, &named, err);
    if (r < 0)
        return r;
    if (named && got < BLOCK_BYTES) { /* all of it: find out before writing anything */
        r = sha256_of(slice_make(taking->block, got), sha256, err);
        if (r < 0)
            return r;
        size = got;
        r = is_known(taking, source->path, sha256, &known, err);
        if (r < 0)
            return r;
    }
    if (!known) {
        r = copy_blocks(taking, fd, got, (uint64_t)info->st_size + GROWTH_BYTES_MAX, &note, sha256,
                        &size, err);
        if (r < 0)
            return r;
        r = is_known(taking, source->path, sha256, &known, err);
        if (r < 0)
            return r;
    }
    if (known) {
        count_file(taking, size, true, false);
        return TQ_OK;
    }
    note_changes(fd, info, size, &note);
    r = buf_check(&note, err);
    if (r < 0)
        return r;
    return add_pending(taking, source, sha256, size, buf_slice(&note), err);
}

int taking_add_empty(struct taking *taking, const struct taking_source *source, struct slice note,
                     struct tq_error *err)
{
    uint8_t sha256[SHA256_BYTES];
    uint64_t size;
    bool known;
    int r;

    r = sha256_of((struct slice){0}, sha256, err);
    if (r < 0)
        return r;
    r = is_known(taking, source->path, sha256, &known, err);
    if (r < 0)
        return r;
    if (known) {
        count_file(taking, 0, true, true);
        return TQ_OK;
    }
    r = copy_blocks(taking, -1, 0, 0, NULL, sha256, &size, err);
    if (r < 0)
        return r;
    return add_pending(taking, source, sha256, size, note, err);
}

static int add_failed(struct taking *taking, const struct taking_source *source, const char *what,
                      int reason, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf note = {0};

    if (walk_is_shortage(reason))
        return tq_fail(err, TQ_E_IO, "could not open a file of the evidence: %s", strerror(reason));
    buf_format(&note, "%s: %s", what, strerror(reason));
    if (buf_check(&note, err) < 0)
        return TQ_E_NOMEM;
    return taking_add_empty(taking, source, buf_slice(&note), err);
}

int taking_add_file(struct taking *taking, const struct taking_source *source, struct tq_error *err)
{
    /* O_NONBLOCK: if somebody puts a pipe in its place, opening must not wait. */
    CLEANUP(close_cleanup)
    int fd = openat(source->folder_fd, source->name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat info;

    if (fd < 0)
        return add_failed(taking, source, "could not be opened", errno, err);
    if (fstat(fd, &info) < 0)
        return add_failed(taking, source, "could not be looked at", errno, err);
    if (!S_ISREG(info.st_mode))
        return taking_add_empty(
            taking, source, SLICE_LITERAL("was no regular file any more when it was opened"), err);
    return copy_file(taking, source, fd, &info, err);
}
