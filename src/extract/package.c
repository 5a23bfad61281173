/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/emit.h"
#include "extract/inflate.h"

#define READ_BYTES ((size_t)64 << 10)

static void close_archive(struct package *package)
{
    if (package->archive)
        (void)archive_read_free(package->archive);
    package->archive = NULL;
    package->next = 0;
}

void package_clear(struct package *package)
{
    close_archive(package);
    arena_clear(&package->arena);
    free(package->names);
    free(package->taken);
    free(package->buffer);
    *package = (struct package){0};
}

/* Start from the first member again. */
static int open_archive(struct package *package, struct tq_error *err)
{
    close_archive(package);
    package->archive = archive_read_new();
    if (!package->archive)
        return tq_no_memory(err);
    (void)archive_read_support_format_zip(package->archive);
    if (package->input->bytes.length > 0) {
        if (archive_read_open_memory(package->archive, package->input->bytes.data,
                                     package->input->bytes.length)
            != ARCHIVE_OK)
            close_archive(package);
        return TQ_OK;
    }
    if (lseek(package->input->fd, 0, SEEK_SET) < 0)
        return tq_fail(err, TQ_E_IO, "could not go to the start of the exhibit");
    if (archive_read_open_fd(package->archive, package->input->fd, READ_BYTES) != ARCHIVE_OK)
        close_archive(package); /* no ZIP file, or a damaged one: it has no members */
    return TQ_OK;
}

/* The next member, or NULL: there is none that could be found. */
static struct archive_entry *next_entry(struct package *package)
{
    struct archive_entry *entry = NULL;
    int status = ARCHIVE_RETRY;

    for (unsigned tries = 0; status == ARCHIVE_RETRY && package->archive && tries < 16; tries++)
        status = archive_read_next_header(package->archive, &entry);
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) {
        package->next++;
        return entry;
    }
    package->damaged |= status != ARCHIVE_EOF;
    return NULL;
}

static int add_name(struct package *package, struct archive_entry *entry, struct tq_error *err)
{
    const char *name = archive_entry_pathname_utf8(entry);
    struct slice text;
    char *copy;
    int r = alloc_reserve(&package->names, &package->name_capacity, package->count + 1,
                          sizeof(*package->names), err);

    if (r < 0)
        return r;
    r = alloc_reserve(&package->taken, &package->taken_capacity, package->count + 1,
                      sizeof(*package->taken), err);
    if (r < 0)
        return r;
    if (!name)
        name = archive_entry_pathname(entry);
    text = slice_of(name ? name : "");
    copy = arena_text(&package->arena, text);
    if (!copy)
        return tq_no_memory(err);
    package->names[package->count] = slice_make(copy, text.length);
    package->taken[package->count++] = false;
    return TQ_OK;
}

int package_open(struct package *package, const struct extract_input *input,
                 const struct extract_limits *limits, const struct sink *sink, uint32_t members_max,
                 struct tq_error *err)
{
    struct archive_entry *entry;
    int r;

    *package = (struct package){.input = input, .limits = limits, .sink = sink};
    package->buffer = alloc_zeroed(READ_BYTES, 1);
    if (!package->buffer)
        return tq_no_memory(err);
    r = open_archive(package, err);
    while (r == TQ_OK && package->count < members_max && (entry = next_entry(package)))
        r = add_name(package, entry, err);
    return r;
}

static struct slice without_root(struct slice name)
{
    while (name.length > 0 && (name.data[0] == '/' || name.data[0] == '\\'))
        name = slice_skip(name, 1);
    return name;
}

static bool same_name(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        char left = a.data[i] == '\\' ? '/' : a.data[i];

        if (strncasecmp(&left, &b.data[i], 1) != 0)
            return false;
    }
    return true;
}

size_t package_find(const struct package *package, struct slice name)
{
    name = without_root(name);
    for (size_t i = 0; i < package->count; i++) {
        if (same_name(without_root(package->names[i]), name))
            return i;
    }
    return PART_NONE;
}

/* Whether a limit is passed; says so once. */
static int check_limits(struct package *package, uint64_t part_bytes, struct tq_error *err)
{
    uint64_t ratio_bytes =
        CONTAINER_FREE_BYTES + package->input->size_bytes * package->limits->ratio_max;

    if (part_bytes <= package->limits->member_bytes_max && package->total_bytes <= ratio_bytes
        && package->total_bytes <= package->limits->total_bytes_max)
        return TQ_OK;
    package->stopped = true;
    if (package->quiet)
        return TQ_OK;
    return emit_note(package->sink, 0, err,
                     "not read further after %" PRIu64 " bytes: it expands more than it may",
                     package->total_bytes);
}

/* Go to member number `part`; *out_found: it is there and can be read. */
static int go_to(struct package *package, size_t part, bool *out_found, struct tq_error *err)
{
    struct archive_entry *entry = NULL;

    *out_found = false;
    if (!package->archive || package->next > part) {
        int r = open_archive(package, err);

        if (r < 0)
            return r;
    }
    while (package->next <= part) {
        entry = next_entry(package);
        if (!entry)
            return TQ_OK;
    }
    if (entry && archive_entry_is_data_encrypted(entry))
        return package->quiet ? TQ_OK
                              : emit_note(package->sink, 0, err, "an encrypted part, not read");
    *out_found = entry != NULL;
    return TQ_OK;
}

static int damage_note(const struct package *package, struct tq_error *err)
{
    return package->quiet
               ? TQ_OK
               : emit_note(package->sink, 0, err, "a damaged part: read up to the damage");
}

/* Pieces to `feed` until it ends, is damaged, or enough; *out_whole as in package_read(). */
static int feed_pieces(struct package *package, package_feed *feed, void *state, bool *out_whole,
                       struct tq_error *err)
{
    uint64_t part_bytes = 0;

    for (unsigned tries = 0;;) {
        la_ssize_t got = archive_read_data(package->archive, package->buffer, READ_BYTES);
        bool enough = false;
        int r;

        if (got == ARCHIVE_RETRY && tries++ < 16)
            continue;
        if (got == 0) {
            *out_whole = true;
            return TQ_OK;
        }
        if (got < 0)
            return damage_note(package, err);
        part_bytes += (uint64_t)got;
        package->total_bytes += (uint64_t)got;
        r = check_limits(package, part_bytes, err);
        if (r < 0 || package->stopped)
            return r;
        r = feed(state, slice_make(package->buffer, (size_t)got), &enough, err);
        if (r < 0 || enough)
            return r;
    }
}

/* ---- parts that are encrypted ---- */

static int collect(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    struct buf *out = state;

    buf_add_slice(out, bytes);
    *out_enough = out->length > OFFICE_LOCKED_BYTES_MAX;
    return buf_check(out, err);
}

/* Pieces of a part on their way from inflate to whoever reads it. */
struct opened {
    struct package *package;
    package_feed *feed;
    void *state;
    uint64_t bytes;
    bool ended; /* by whoever reads it, or by a limit */
};

static int take_opened(void *state, struct slice piece, bool *out_enough, struct tq_error *err)
{
    struct opened *opened = state;
    struct package *package = opened->package;
    int r;

    opened->bytes += piece.length;
    package->total_bytes += piece.length;
    r = check_limits(package, opened->bytes, err);
    if (r == TQ_OK && !package->stopped)
        r = opened->feed(opened->state, piece, out_enough, err);
    *out_enough |= package->stopped;
    opened->ended = *out_enough;
    return r;
}

static int read_locked(struct package *package, size_t part, package_feed *feed, void *state,
                       bool *out_whole, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf bytes = {0};
    struct opened opened = {.package = package, .feed = feed, .state = state};
    bool whole = false, sound = false;
    int r = feed_pieces(package, collect, &bytes, &whole, err);

    if (r == TQ_OK && whole)
        r = package->lock->open(package->lock->state, part, &bytes, &sound, err);
    if (r < 0 || package->stopped)
        return r;
    if (!sound)
        return package->quiet ? TQ_OK
                              : emit_note(package->sink, 0, err,
                                          "an encrypted part that the password does not open, or "
                                          "that is damaged: not read");
    r = inflate_bytes(buf_slice(&bytes), package->buffer, READ_BYTES, take_opened, &opened,
                      out_whole, err);
    return r < 0 || *out_whole || opened.ended ? r : damage_note(package, err);
}

int package_read(struct package *package, size_t part, package_feed *feed, void *state,
                 bool *out_whole, struct tq_error *err)
{
    bool found;
    int r;

    *out_whole = false;
    package->taken[part] = true;
    if (package->stopped)
        return TQ_OK;
    r = go_to(package, part, &found, err);
    if (r < 0 || !found)
        return r;
    if (package->lock && package->lock->has(package->lock->state, part))
        return read_locked(package, part, feed, state, out_whole, err);
    return feed_pieces(package, feed, state, out_whole, err);
}
