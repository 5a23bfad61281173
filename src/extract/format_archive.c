/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Archives and compressed files, by libarchive. Members go to the sink; nested ones come back. */
#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/moment.h"
#include "extract/archive_unlock.h"
#include "extract/cut_stream.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/locked.h"
#include "extract/zip_directory.h"

#define READ_BYTES   ((size_t)256 << 10)
#define ISO_MARK_AT  32769u
#define TAR_MARK_AT  257u
#define TAR_CHECK_AT 148u
#define TAR_BLOCK    512u

/* Signatures at the start of an exhibit. `filter`: one compressed file, perhaps a tar. */
static const struct signature {
    const char *type;
    uint8_t at, length;
    uint8_t filter; /* of libarchive */
    char bytes[8];
} signatures[] = {
    {"zip", 0, 4, 0, {'P', 'K', 3, 4}},
    {"zip", 0, 4, 0, {'P', 'K', 5, 6}},
    {"zip", 0, 4, 0, {'P', 'K', 7, 8}},
    {"zip", 0, 4, 0, {'P', 'K', '0', '0'}},
    {"7z", 0, 6, 0, {'7', 'z', '\xBC', '\xAF', '\x27', '\x1C'}},
    {"rar", 0, 6, 0, {'R', 'a', 'r', '!', '\x1A', 7}},
    {"cab", 0, 8, 0, {'M', 'S', 'C', 'F', 0, 0, 0, 0}},
    {"xar", 0, 4, 0, {'x', 'a', 'r', '!'}},
    {"ar", 0, 8, 0, {'!', '<', 'a', 'r', 'c', 'h', '>', '\n'}},
    {"cpio", 0, 6, 0, {'0', '7', '0', '7', '0', '1'}},
    {"cpio", 0, 6, 0, {'0', '7', '0', '7', '0', '2'}},
    {"cpio", 0, 6, 0, {'0', '7', '0', '7', '0', '7'}},
    {"rpm", 0, 4, ARCHIVE_FILTER_RPM, {'\xED', '\xAB', '\xEE', '\xDB'}},
    {"gzip", 0, 3, ARCHIVE_FILTER_GZIP, {'\x1F', '\x8B', 8}},
    {"bzip2", 0, 3, ARCHIVE_FILTER_BZIP2, {'B', 'Z', 'h'}},
    {"xz", 0, 6, ARCHIVE_FILTER_XZ, {'\xFD', '7', 'z', 'X', 'Z', 0}},
    {"zstd", 0, 4, ARCHIVE_FILTER_ZSTD, {'\x28', '\xB5', '\x2F', '\xFD'}},
    {"lz4", 0, 4, ARCHIVE_FILTER_LZ4, {'\x04', '\x22', '\x4D', '\x18'}},
    {"lzip", 0, 5, ARCHIVE_FILTER_LZIP, {'L', 'Z', 'I', 'P', 1}},
    {"lzop", 0, 8, ARCHIVE_FILTER_LZOP, {'\x89', 'L', 'Z', 'O', 0, '\r', '\n', '\x1A'}},
    {"compress", 0, 2, ARCHIVE_FILTER_COMPRESS, {'\x1F', '\x9D'}},
};

/* One container being read. */
struct container {
    const struct extract_input *input;
    const struct extract_limits *limits;
    const struct sink *sink;
    const struct signature *signature; /* NULL: tar, lha or ISO 9660 */
    const char *type;
    struct archive *archive;
    char *buffer; /* READ_BYTES */
    uint64_t total_bytes, entries;
    uint64_t headers;     /* that the archive, as opened now, has given */
    bool only_raw;        /* as it is opened */
    uint32_t password;    /* it has, by position in the list */
    uint64_t locked;      /* members that no password opened */
    bool names_locked;    /* even the list of members is encrypted */
    uint8_t *opened_with; /* a byte a password, 1: it opened something */
    uint32_t members;
    bool stopped; /* a limit was reached */
    bool damaged; /* the rest cannot be found */
    bool member_damaged;
    struct archive_unlock unlock;
    struct note_kind links, renamed, warnings;
};

static void container_clear(struct container *c)
{
    if (c->archive)
        (void)archive_read_free(c->archive);
    archive_unlock_clear(&c->unlock);
    free(c->buffer);
    free(c->opened_with);
    c->archive = NULL;
    c->buffer = NULL;
    c->opened_with = NULL;
}

static unsigned octal(const char *text, size_t length)
{
    unsigned value = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '7')
            value = value * 8 + (unsigned)(text[i] - '0');
    }
    return value;
}

/* A tar header: the "ustar" mark, or (before POSIX) a checksum that holds. */
static bool is_tar(struct slice head)
{
    unsigned sum = 0;

    if (head.length < TAR_BLOCK || head.data[0] == '\0')
        return false;
    if (memcmp(head.data + TAR_MARK_AT, "ustar", 5) == 0)
        return true;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool in_sum = i >= TAR_CHECK_AT && i < TAR_CHECK_AT + 8;

        sum += in_sum ? ' ' : (unsigned char)head.data[i];
    }
    return octal(head.data + TAR_CHECK_AT, 8) == sum && sum > 0;
}

static bool is_lha(struct slice head)
{
    return head.length > 21 && head.data[2] == '-' && head.data[3] == 'l' && head.data[6] == '-'
           && (head.data[4] == 'h' || head.data[4] == 'z');
}

static bool is_iso(struct slice head)
{
    return head.length > ISO_MARK_AT + 5 && memcmp(head.data + ISO_MARK_AT, "CD001", 5) == 0;
}

/* The type, or NULL if `head` is no container; *out_signature as in struct container. */
static const char *recognise(struct slice head, const struct signature **out_signature)
{
    *out_signature = NULL;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        const struct signature *s = &signatures[i];

        if (head.length >= (size_t)s->at + s->length
            && memcmp(head.data + s->at, s->bytes, s->length) == 0) {
            *out_signature = s;
            return s->type;
        }
    }
    if (is_tar(head))
        return "tar";
    if (is_lha(head))
        return "lha";
    return is_iso(head) ? "iso9660" : NULL;
}

/*
 * Formats and filters that libarchive reads in this process. Not: mtree (names other files), and
 * the filters that would start programs. Raw takes anything, so only behind a filter.
 */
static void support(struct archive *a)
{
    (void)archive_read_support_filter_gzip(a);
    (void)archive_read_support_filter_bzip2(a);
    (void)archive_read_support_filter_compress(a);
    (void)archive_read_support_filter_lzma(a);
    (void)archive_read_support_filter_xz(a);
    (void)archive_read_support_filter_lzip(a);
    (void)archive_read_support_filter_lz4(a);
    (void)archive_read_support_filter_zstd(a);
    (void)archive_read_support_filter_lzop(a);
    (void)archive_read_support_filter_rpm(a);
}

static void support_formats(struct archive *a)
{
    (void)archive_read_support_format_zip(a);
    (void)archive_read_support_format_tar(a);
    (void)archive_read_support_format_gnutar(a);
    (void)archive_read_support_format_7zip(a);
    (void)archive_read_support_format_rar(a);
    (void)archive_read_support_format_rar5(a);
    (void)archive_read_support_format_cab(a);
    (void)archive_read_support_format_lha(a);
    (void)archive_read_support_format_iso9660(a);
    (void)archive_read_support_format_cpio(a);
    (void)archive_read_support_format_xar(a);
    (void)archive_read_support_format_ar(a);
}

/*
 * A compressed file is opened by one filter: what is compressed in it comes back as a member, under
 * the limits of depth. Filters that choose each other go 25 deep, each with its memory.
 */
static void support_filter(struct archive *a, const struct signature *signature)
{
    if (!signature || signature->filter == 0 || signature->filter == ARCHIVE_FILTER_RPM)
        support(a);
    else if (signature->filter == ARCHIVE_FILTER_COMPRESS)
        (void)archive_read_support_filter_compress(a); /* appending it crashes libarchive 3.6 */
    else
        (void)archive_read_append_filter(a, signature->filter);
}

/* What may be encrypted is no compressed file: there is no need for raw. */
static void support_beside(struct archive *a)
{
    support(a);
    support_formats(a);
}

static int damage_note(struct container *c, struct tq_error *err)
{
    const char *why = archive_error_string(c->archive);
    int length;

    if (c->entries == 0 && c->signature && c->signature->filter && !c->only_raw)
        return TQ_OK; /* it is read again, as nothing but a compressed file */
    if (!why)
        why = "unreadable";
    length = (int)strcspn(why, "\n"); /* some end in a line feed */
    return emit_note(c->sink, 0, err, "damaged %s after %" PRIu32 " members: %.*s", c->type,
                     c->members, length, why);
}

/* The name of a single compressed file: the exhibit's without its last ending. */
static struct slice name_without_ending(struct slice name)
{
    const char *dot = name.data ? memrchr(name.data, '.', name.length) : NULL;

    if (dot && dot > name.data)
        return slice_make(name.data, (size_t)(dot - name.data));
    return name.length > 0 ? name : SLICE_LITERAL("data");
}

/*
 * A path that stays within the container: no root, no drive, no "..": those become "__". True if
 * anything had to be changed.
 */
static bool add_safe_name(struct buf *out, struct slice name)
{
    bool changed = false;

    while (name.length > 0 && (name.data[0] == '/' || name.data[0] == '\\')) {
        name = slice_skip(name, 1);
        changed = true;
    }
    while (name.length > 0) {
        size_t end = 0;
        struct slice part;

        while (end < name.length && name.data[end] != '/' && name.data[end] != '\\')
            end++;
        part = slice_make(name.data, end);
        if (slice_is(part, "..")) {
            buf_add_text(out, "__");
            changed = true;
        } else if (part.length == 2 && part.data[1] == ':') {
            buf_add_byte(out, part.data[0]);
            changed = true;
        } else if (!slice_is(part, ".") && part.length > 0) {
            buf_add_slice(out, part);
        }
        name = slice_skip(name, end);
        if (name.length > 0) {
            name = slice_skip(name, 1);
            if (out->length > 0 && out->data[out->length - 1] != '/' && name.length > 0)
                buf_add_byte(out, '/');
        }
    }
    return changed;
}

static int raw_name(struct container *c, struct buf *out, struct tq_error *err)
{
    buf_add_slice(out, name_without_ending(c->input->name));
    return buf_check(out, err);
}

static int entry_name(struct container *c, struct archive_entry *entry, struct buf *out,
                      struct tq_error *err)
{
    bool is_raw = archive_format(c->archive) == ARCHIVE_FORMAT_RAW;
    const char *name = archive_entry_pathname_utf8(entry);

    if (!name)
        name = archive_entry_pathname(entry);
    if (is_raw && (!name || strcmp(name, "data") == 0))
        return raw_name(c, out, err);
    if (name && add_safe_name(out, slice_of(name))) {
        int r = note_kind_add(&c->renamed, c->sink, 0, err);

        if (r < 0)
            return r;
    }
    if (out->length == 0 && !out->failed)
        buf_format(out, "member-%" PRIu32, c->members + 1);
    return buf_check(out, err);
}

/* Whether one more byte would be past a limit on output; says so once. */
static int check_limits(struct container *c, uint64_t member_bytes, struct tq_error *err)
{
    uint64_t ratio_bytes = CONTAINER_FREE_BYTES + c->input->size_bytes * c->limits->ratio_max;
    uint64_t total_bytes = c->total_bytes + (c->members + (uint64_t)1) * CONTAINER_MEMBER_COST;
    const char *limit = NULL;

    if (member_bytes > c->limits->member_bytes_max)
        limit = "a member is larger than a member may be";
    else if (total_bytes > c->limits->total_bytes_max)
        limit = "the members together are larger than they may be";
    else if (total_bytes > ratio_bytes)
        limit = "it expands more than anything but an attack does";
    if (!limit)
        return TQ_OK;
    c->stopped = true;
    return emit_note(c->sink, 0, err, "%s: not read further after %" PRIu64 " bytes, %s", c->type,
                     c->total_bytes, limit);
}

/* ---- compressed files that are cut or damaged ---- */

static bool is_raw_stream(const struct container *c)
{
    return c->signature && cut_stream_knows(c->signature->filter);
}

/* A piece of what libarchive lost; if nothing came before, it is the first of its member. */
static int take_lost(void *state, struct slice piece, bool *out_enough, struct tq_error *err)
{
    struct container *c = state;
    int r;

    if (c->members == 0) {
        CLEANUP(buf_clear_cleanup) struct buf name = {0};

        r = raw_name(c, &name, err);
        if (r == TQ_OK)
            r = c->sink->member(c->sink->state, buf_slice(&name), err);
        if (r < 0)
            return r;
        c->members++;
    }
    c->total_bytes += piece.length;
    r = check_limits(c, c->total_bytes, err);
    *out_enough = c->stopped;
    return r < 0 || c->stopped ? r : c->sink->member_bytes(c->sink->state, piece, err);
}

/* No member was found at all: what comes out before the damage is one. */
static int read_lost(struct container *c, struct tq_error *err)
{
    int r = cut_stream_read(c->input->fd, c->signature->filter, 0, take_lost, c, err);

    return r < 0 || c->members == 0 ? r : c->sink->member_end(c->sink->state, true, err);
}

/* Behind damage within a member: what libarchive held back. */
static int read_held_back(struct container *c, uint64_t member_bytes, struct tq_error *err)
{
    if (!is_raw_stream(c) || archive_format(c->archive) != ARCHIVE_FORMAT_RAW)
        return TQ_OK;
    return cut_stream_read(c->input->fd, c->signature->filter, member_bytes, take_lost, c, err);
}

/* Pass the content of a member on; *out_damaged: it is not whole. */
static int copy_content(struct container *c, bool *out_damaged, struct tq_error *err)
{
    uint64_t member_bytes = 0;

    *out_damaged = false;
    for (;;) {
        la_ssize_t got = archive_read_data(c->archive, c->buffer, READ_BYTES);
        int r;

        if (got == 0)
            return TQ_OK;
        if (got == ARCHIVE_RETRY)
            continue;
        if (got < 0) {
            int noted = damage_note(c, err);

            *out_damaged = true;
            return noted < 0 ? noted : read_held_back(c, member_bytes, err);
        }
        member_bytes += (uint64_t)got;
        c->total_bytes += (uint64_t)got;
        r = check_limits(c, member_bytes, err);
        if (r < 0)
            return r;
        if (c->stopped) {
            *out_damaged = true;
            return TQ_OK;
        }
        r = c->sink->member_bytes(c->sink->state, slice_make(c->buffer, (size_t)got), err);
        if (r < 0)
            return r;
    }
}

/* When the member was last changed, as the archive says. */
static int modified_fact(struct container *c, struct archive_entry *entry, struct slice name,
                         struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf fact = {0}, when = {0};
    int64_t minutes;
    int r;

    if (!archive_entry_mtime_is_set(entry))
        return TQ_OK;
    minutes = archive_entry_mtime(entry) / 60;
    if (minutes <= 0 || minutes >= INT32_MAX)
        return TQ_OK;
    buf_add_text(&fact, SINK_MEMBER_FACT);
    buf_add_slice(&fact, name);
    buf_add_text(&fact, ":archive.modified");
    moment_format(&when, (int32_t)minutes);
    r = buf_check(&fact, err);
    if (r < 0)
        return r;
    r = buf_check(&when, err);
    if (r < 0)
        return r;
    return c->sink->fact(c->sink->state, buf_slice(&fact), buf_slice(&when), err);
}

static int read_member(struct container *c, struct archive_entry *entry, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    bool damaged;
    int r = check_limits(c, 0, err);

    if (r < 0 || c->stopped)
        return r;
    r = entry_name(c, entry, &name, err);
    if (r < 0)
        return r;
    r = c->sink->member(c->sink->state, buf_slice(&name), err);
    if (r < 0)
        return r;
    c->members++;
    r = copy_content(c, &damaged, err);
    if (r < 0)
        return r;
    c->member_damaged = damaged;
    r = c->sink->member_end(c->sink->state, damaged, err);
    if (r < 0)
        return r;
    return modified_fact(c, entry, buf_slice(&name), err);
}

static int open_archive(struct container *c, bool *out_opened, struct tq_error *err)
{
    if (c->archive)
        (void)archive_read_free(c->archive);
    c->headers = 0;
    c->archive = archive_read_new();
    if (!c->archive)
        return tq_no_memory(err);
    support_filter(c->archive, c->signature);
    if (c->signature && c->signature->filter)
        (void)archive_read_support_format_raw(c->archive);
    if (!c->only_raw)
        support_formats(c->archive);
    if (c->password != ARCHIVE_NO_PASSWORD) {
        int r = archive_unlock_give(&c->unlock, c->password, c->archive, err);

        if (r < 0)
            return r;
    }
    if (lseek(c->input->fd, 0, SEEK_SET) < 0)
        return tq_fail(err, TQ_E_IO, "could not go to the start of the exhibit");
    *out_opened = archive_read_open_fd(c->archive, c->input->fd, READ_BYTES) == ARCHIVE_OK;
    return TQ_OK;
}

/* Open the archive anew, with one password, and go to the entry where it was. NULL: not there. */
static int change_password(struct container *c, uint32_t password, struct archive_entry **out_entry,
                           struct tq_error *err)
{
    uint64_t wanted = c->headers;
    bool opened;
    int r;

    c->password = password;
    *out_entry = NULL;
    r = open_archive(c, &opened, err);
    while (r == TQ_OK && opened && c->headers < wanted) {
        if (archive_read_next_header(c->archive, out_entry) < ARCHIVE_WARN) {
            *out_entry = NULL;
            return TQ_OK;
        }
        c->headers++;
    }
    return r;
}

static int read_encrypted(struct container *c, struct archive_entry *entry, struct tq_error *err)
{
    const struct password_list *passwords = c->input->passwords;
    uint32_t found;
    int r;

    if (!passwords) {
        c->locked++;
        return TQ_OK;
    }
    r = archive_unlock_find(&c->unlock, c->headers - 1, c->password, &found, err);
    if (r < 0)
        return r;
    if (found == ARCHIVE_NO_PASSWORD) {
        c->locked++;
        return TQ_OK;
    }
    if (found != c->password)
        r = change_password(c, found, &entry, err);
    if (r < 0 || !entry) {
        c->locked++;
        return r;
    }
    if (!c->opened_with)
        c->opened_with = alloc_zeroed(passwords->count, 1);
    if (!c->opened_with)
        return tq_no_memory(err);
    c->opened_with[found] = 1;
    return read_member(c, entry, err);
}

static int take_entry(struct container *c, struct archive_entry *entry, struct tq_error *err)
{
    mode_t kind = archive_entry_filetype(entry);

    if (kind == AE_IFDIR)
        return TQ_OK;
    if (archive_entry_hardlink(entry) || archive_entry_hardlink_utf8(entry)
        || (kind != AE_IFREG && kind != 0))
        return note_kind_add(&c->links, c->sink, 0, err);
    if (archive_entry_is_data_encrypted(entry) || archive_entry_is_metadata_encrypted(entry))
        return read_encrypted(c, entry, err);
    return read_member(c, entry, err);
}

static int read_entries(struct container *c, struct tq_error *err)
{
    while (!c->stopped) {
        struct archive_entry *entry;
        int status = archive_read_next_header(c->archive, &entry), r;

        if (status == ARCHIVE_EOF)
            return TQ_OK;
        if (status == ARCHIVE_RETRY && c->entries++ < c->limits->steps_max)
            continue;
        if (status < ARCHIVE_WARN) {
            if (archive_read_has_encrypted_entries(c->archive) == 1) {
                c->names_locked = true;
                return TQ_OK;
            }
            c->damaged = true;
            return damage_note(c, err);
        }
        if (c->members >= c->limits->members_max || c->entries++ >= c->limits->steps_max) {
            c->stopped = true;
            return emit_note(c->sink, 0, err,
                             "more than %" PRIu32 " members: the rest was not read", c->members);
        }
        c->headers++;
        r = take_entry(c, entry, err);
        if (r < 0)
            return r;
        /* libarchive 3.6 loses its footing behind damage in a cabinet, and crashes. */
        c->damaged = c->member_damaged && strcmp(c->type, "cab") == 0;
        if (c->damaged)
            return TQ_OK;
    }
    return TQ_OK;
}

/* libarchive leaves out members of a zip that lie over others; that must not pass unsaid. */
static int note_missing(struct container *c, struct tq_error *err)
{
    uint64_t said;
    int r;

    if (strcmp(c->type, "zip") != 0 || c->stopped || c->damaged)
        return TQ_OK;
    r = zip_directory_count(c->input->fd, c->input->size_bytes, &said, err);
    if (r < 0 || said <= c->entries)
        return r;
    return emit_note(c->sink, 0, err,
                     "its directory speaks of %" PRIu64 " members, %" PRIu64
                     " were found: the others overlap these, or are not there",
                     said, c->entries);
}

static bool is_shut(const struct container *c)
{
    return c->locked > 0 || c->names_locked;
}

/* Who opens what libarchive only tells to be encrypted; NULL: it can be opened here. */
static const char *other_program(const struct container *c)
{
    return strcmp(c->type, "7z") == 0 ? "7z" : strcmp(c->type, "rar") == 0 ? "unrar" : NULL;
}

/* What stays shut, and why: one note. */
static int note_locked(struct container *c, struct tq_error *err)
{
    const struct password_list *passwords = c->input->passwords;
    const char *program = other_program(c);
    char what[64] = "";

    if (c->locked > 0)
        (void)snprintf(what, sizeof(what), "%" PRIu64 " of its members are ", c->locked);
    if (program)
        return emit_note(c->sink, 0, err,
                         "encrypted: %snot read, a %s archive behind a password is not opened "
                         "here; \"%s x FILE\" with the password unpacks it, to be taken instead",
                         what, c->type, program);
    if (!passwords)
        return emit_note(c->sink, 0, err, "encrypted: %snot read, the password is not known", what);
    if (c->unlock.gave_up)
        return emit_note(c->sink, 0, err,
                         "encrypted: %snot read, not all of %" PRIu32
                         " passwords were tried, it would have taken too long",
                         what, passwords->count);
    if (c->unlock.tries == 0)
        return emit_note(c->sink, 0, err,
                         "encrypted: %snot read, nothing here opens this encryption", what);
    return emit_note(c->sink, 0, err,
                     "encrypted: %snot read, none of %" PRIu32 " passwords opened them", what,
                     passwords->count);
}

/* Which passwords opened something, and what none opened. */
static int note_passwords(struct container *c, struct tq_error *err)
{
    const struct password_list *passwords = c->input->passwords;
    int r = TQ_OK;

    for (uint32_t i = 0; c->opened_with && i < passwords->count && r == TQ_OK; i++) {
        if (c->opened_with[i])
            r = unlocked_note(c->sink, passwords->items[i].line, err);
    }
    if (r < 0 || !is_shut(c))
        return r;
    r = locked_fact(c->sink, err);
    return r < 0 ? r : note_locked(c, err);
}

static int finish_notes(struct container *c, struct tq_error *err)
{
    const struct note_kind *kinds[] = {&c->links, &c->renamed};
    int r;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        r = note_kind_finish(kinds[i], c->sink, err);
        if (r < 0)
            return r;
    }
    r = note_passwords(c, err);
    if (r < 0)
        return r;
    if (c->members == 0 && !is_shut(c))
        return emit_note(c->sink, 0, err, "no members were read");
    return note_missing(c, err);
}

static int open_and_read(struct container *c, struct tq_error *err)
{
    bool opened;
    int r = open_archive(c, &opened, err);

    if (r < 0)
        return r;
    return opened ? read_entries(c, err) : damage_note(c, err);
}

static int read_container(struct container *c, struct tq_error *err)
{
    int r;

    c->buffer = alloc_zeroed(READ_BYTES, 1);
    if (!c->buffer)
        return tq_no_memory(err);
    r = open_and_read(c, err);
    if (r == TQ_OK && c->entries == 0 && c->signature && c->signature->filter) {
        /* Zero bytes at the start of a compressed file pass for the end of a tar. */
        c->only_raw = true;
        r = open_and_read(c, err);
    }
    if (r == TQ_OK && c->entries == 0 && !c->stopped && is_raw_stream(c))
        r = read_lost(c, err);
    return r < 0 ? r : finish_notes(c, err);
}

static int archive_read_exhibit(const struct extract_input *input,
                                const struct extract_limits *limits, const struct sink *sink,
                                struct tq_error *err)
{
    CLEANUP(container_clear)
    struct container c = {
        .input = input,
        .limits = limits,
        .sink = sink,
        .password = ARCHIVE_NO_PASSWORD,
        .unlock = {.input = input, .support = support_beside},
        .links = {"a link, device or other special member, not followed", 0},
        .renamed = {"a member's name leads outside of the container: made relative", 0},
    };
    char head[ISO_MARK_AT + 8];
    locale_t locale, before;
    size_t got;
    int r;

    r = file_read_at(input->fd, 0, head, sizeof(head), &got, err);
    if (r < 0)
        return r;
    c.type = recognise(slice_make(head, got), &c.signature);
    if (!c.type)
        c.type = "archive";
    r = emit_type(sink, c.type, err);
    if (r < 0)
        return r;

    /* libarchive converts names by the locale; without UTF-8 it loses them. */
    locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    before = locale ? uselocale(locale) : (locale_t)0;
    r = read_container(&c, err);
    container_clear(&c);
    if (locale) {
        (void)uselocale(before);
        freelocale(locale);
    }
    return r;
}

static enum claim archive_claim(struct slice head, const struct extract_input *input)
{
    const struct signature *signature;

    (void)input;
    if (!recognise(head, &signature))
        return CLAIM_NONE;
    /* Two or three bytes are soon met by chance. */
    return signature && signature->length < 4 && signature->type[0] != 'g' ? CLAIM_LIKELY
                                                                           : CLAIM_CERTAIN;
}

const struct format format_archive = {"archive", archive_claim, archive_read_exhibit};
