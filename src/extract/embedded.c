/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/embedded.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "extract/compound_copy.h"
#include "extract/legacy_text.h"
#include "extract/little_endian.h"

#define NATIVE             "_Ole10Native" /* whose first character has number 1 */
#define NATIVE_BYTES_MAX   ((size_t)256 << 20)
#define OLD_EMBEDDED       2u /* kind of an object of OLE 1 */
#define OLD_TEXT_BYTES_MAX 4096u

enum {
    SEEN_LISTED = 1,
    SEEN_TAKEN = 2
};

/* ---- packages ---- */

/* The text before the next NUL byte; *rest goes behind it. False: there is none. */
static bool take_text(struct slice *rest, struct slice *out)
{
    const char *end = rest->length > 0 ? memchr(rest->data, '\0', rest->length) : NULL;

    if (!end)
        return false;
    *out = slice_make(rest->data, (size_t)(end - rest->data));
    *rest = slice_skip(*rest, out->length + 1);
    return true;
}

/* The file in a package: [MS-OLEDS] has no word on it; label, paths, and the file behind them. */
static bool parse_package(struct slice bytes, struct slice *out_label, struct slice *out_file,
                          bool *out_cut)
{
    struct slice rest = slice_skip(bytes, 2), label, path;
    size_t length;

    if (bytes.length < 2 || u16_of(bytes.data) != 2 || !take_text(&rest, &label)
        || !take_text(&rest, &path) || rest.length < 8)
        return false;
    length = u32_of(rest.data + 4); /* of the path that comes */
    rest = slice_skip(rest, 8);
    if (length > rest.length || rest.length - length < 4)
        return false;
    rest = slice_skip(rest, length);
    length = u32_of(rest.data);
    rest = slice_skip(rest, 4);
    *out_label = label;
    *out_file = slice_make(rest.data, length < rest.length ? length : rest.length);
    *out_cut = length > rest.length;
    return true;
}

int embedded_give_native(struct mail_members *members, struct slice bytes, struct slice name,
                         struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct slice label = {0}, file = bytes;
    bool is_cut = false;
    int r;

    if (parse_package(bytes, &label, &file, &is_cut))
        legacy_text_add(&text, label, NULL);
    r = buf_check(&text, err);
    if (r == TQ_OK)
        r = mail_members_begin(members, text.length > 0 ? buf_slice(&text) : name, NULL, err);
    if (r == TQ_OK)
        r = mail_members_bytes(members, file, err);
    return r < 0 ? r : mail_members_end(members, is_cut, err);
}

/* A text with its length before; false: it is not there. */
static bool take_counted(struct slice *rest, struct slice *out)
{
    size_t length = rest->length >= 4 ? u32_of(rest->data) : SIZE_MAX;

    if (length > OLD_TEXT_BYTES_MAX || length > rest->length - 4)
        return false;
    *out = slice_make(rest->data + 4, length);
    *rest = slice_skip(*rest, 4 + length);
    return true;
}

int embedded_give_old(struct mail_members *members, struct slice bytes, bool *out_given,
                      struct tq_error *err)
{
    struct slice rest = slice_skip(bytes, bytes.length < 8 ? bytes.length : 8), text;
    size_t length;

    *out_given = false;
    if (bytes.length < 8 || u32_of(bytes.data + 4) != OLD_EMBEDDED)
        return TQ_OK;
    for (size_t i = 0; i < 3; i++) { /* program, topic, item */
        if (!take_counted(&rest, &text))
            return TQ_OK;
    }
    if (rest.length <= 4)
        return TQ_OK;
    length = u32_of(rest.data);
    rest = slice_skip(rest, 4);
    if (length < rest.length)
        rest.length = length;
    *out_given = rest.length > 0;
    return *out_given ? embedded_give_native(members, rest, (struct slice){0}, err) : TQ_OK;
}

/* ---- storages ---- */

int embedded_open(struct embedded *e, const struct compound *compound, const struct sink *sink,
                  const struct extract_limits *limits, struct tq_error *err)
{
    *e = (struct embedded){.compound = compound, .bytes_left = compound->size_bytes};
    mail_members_init(&e->members, sink, limits);
    e->seen = alloc_zeroed(compound->entry_count + 1, sizeof(*e->seen));
    e->list = alloc_zeroed(compound->entry_count + 1, sizeof(*e->list));
    return e->seen && e->list ? TQ_OK : tq_no_memory(err);
}

void embedded_clear(struct embedded *e)
{
    mail_members_clear(&e->members);
    free(e->seen);
    free(e->list);
    *e = (struct embedded){0};
}

static void list_add(struct embedded *e, uint32_t number, uint8_t mark)
{
    if (number >= e->compound->entry_count || e->seen[number] & mark)
        return;
    e->seen[number] |= mark;
    e->list[e->count++] = number;
}

/* The entries of a storage, itself first, each once; what lies deeper too, if `is_deep`. */
static void list_storage(struct embedded *e, uint32_t storage, uint8_t mark, bool is_deep)
{
    struct compound_entry entry = compound_entry_at(e->compound, storage);

    e->count = 0;
    list_add(e, storage, mark);
    list_add(e, entry.child, mark);
    for (size_t i = 1; i < e->count; i++) {
        entry = compound_entry_at(e->compound, e->list[i]);
        list_add(e, entry.left, mark);
        list_add(e, entry.right, mark);
    }
    e->children = e->count;
    for (size_t i = 1; is_deep && i < e->count; i++) {
        entry = compound_entry_at(e->compound, e->list[i]);
        if (entry.kind == COMPOUND_STORAGE)
            list_add(e, entry.child, mark);
        if (i >= e->children) {
            list_add(e, entry.left, mark);
            list_add(e, entry.right, mark);
        }
    }
}

/* A stream that lies in the storage itself. */
static bool find_stream(const struct embedded *e, const char *name, struct compound_stream *out)
{
    for (size_t i = 1; i < e->children; i++) {
        struct compound_entry entry = compound_entry_at(e->compound, e->list[i]);

        if (entry.kind == COMPOUND_STREAM && strcmp(entry.name, name) == 0) {
            *out = entry.stream;
            return true;
        }
    }
    return false;
}

/* What every object has beside its content: how it looks, whose it is, where it came from. */
static bool is_outside(const char *name)
{
    static const char *const known[] = {"_Ole",  "_CompObj", "_ObjInfo", "_LinkInfo",
                                        "_META", "_PIC",     "_PRINT",   "_EPRINT"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(name, known[i]) == 0)
            return true;
    }
    return strncmp(name, "_OlePres", 8) == 0;
}

static bool has_content(const struct embedded *e)
{
    for (size_t i = 1; i < e->count; i++) {
        struct compound_entry entry = compound_entry_at(e->compound, e->list[i]);

        if (entry.kind == COMPOUND_STREAM && entry.stream.size_bytes > 0 && !is_outside(entry.name))
            return true;
    }
    return false;
}

/* Acrobat calls its stream as other programs call what is no file. */
static int is_pdf(const struct compound *compound, const struct compound_stream *stream,
                  bool *out_is, struct tq_error *err)
{
    struct compound_cursor cursor = {0};
    struct slice piece;
    int r = compound_next(compound, stream, &cursor, &piece, err);

    if (r == TQ_OK)
        *out_is = slice_starts(piece, SLICE_LITERAL("%PDF-"));
    return r;
}

/* A file that lies in a stream as it was. */
static int find_file(const struct embedded *e, struct compound_stream *out_stream, bool *out_found,
                     struct tq_error *err)
{
    *out_found = find_stream(e, "Package", out_stream) || find_stream(e, "EmbeddedOdf", out_stream);
    if (*out_found || !find_stream(e, "CONTENTS", out_stream))
        return TQ_OK;
    return is_pdf(e->compound, out_stream, out_found, err);
}

static int give_stream(struct embedded *e, const struct compound_stream *stream, const char *name,
                       struct tq_error *err)
{
    struct compound_cursor cursor = {0};
    struct slice piece;
    int r = mail_members_begin(&e->members, slice_of(name), NULL, err);

    while (r == TQ_OK && !e->members.stopped) {
        r = compound_next(e->compound, stream, &cursor, &piece, err);
        if (r < 0 || piece.length == 0 || piece.length > e->bytes_left)
            break;
        e->bytes_left -= piece.length;
        r = mail_members_bytes(&e->members, piece, err);
    }
    return r < 0 ? r : mail_members_end(&e->members, cursor.done < stream->size_bytes, err);
}

static int load_stream(struct embedded *e, const struct compound_stream *stream, struct buf *out,
                       struct tq_error *err)
{
    struct compound_cursor cursor = {0};
    struct slice piece;
    int r;

    do {
        r = compound_next(e->compound, stream, &cursor, &piece, err);
        if (r < 0 || piece.length > e->bytes_left)
            break;
        e->bytes_left -= piece.length;
        buf_add_slice(out, piece);
    } while (piece.length > 0 && !out->failed);
    return r < 0 ? r : buf_check(out, err);
}

static int give_package(struct embedded *e, const struct compound_stream *stream, const char *name,
                        struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf bytes = {0};
    struct slice native;
    int r;

    if (stream->size_bytes > NATIVE_BYTES_MAX)
        return give_stream(e, stream, name, err);
    r = load_stream(e, stream, &bytes, err);
    if (r < 0)
        return r;
    native = slice_skip(buf_slice(&bytes), bytes.length < 4 ? bytes.length : 4);
    return embedded_give_native(&e->members, native, slice_of(name), err);
}

static int give_copy(struct embedded *e, const char *name, struct tq_error *err)
{
    bool whole = false;
    int r = mail_members_begin(&e->members, slice_of(name), NULL, err);

    if (r == TQ_OK && !e->members.stopped)
        r = compound_copy(e->compound, e->list, e->count, &e->bytes_left, &e->members, &whole, err);
    return r < 0 ? r : mail_members_end(&e->members, !whole, err);
}

static int give_storage(struct embedded *e, uint32_t storage, struct tq_error *err)
{
    struct compound_entry entry = compound_entry_at(e->compound, storage);
    struct compound_stream stream;
    bool found;
    int r;

    if (e->seen[storage] & SEEN_TAKEN)
        return TQ_OK;
    list_storage(e, storage, SEEN_TAKEN, true);
    r = find_file(e, &stream, &found, err);
    if (r < 0)
        return r;
    if (found)
        return give_stream(e, &stream, entry.name, err);
    if (find_stream(e, NATIVE, &stream))
        return give_package(e, &stream, entry.name, err);
    if (find_stream(e, "Equation Native", &stream)) {
        e->formulas++;
        return TQ_OK;
    }
    if (!has_content(e)) {
        e->empty++;
        return TQ_OK;
    }
    return give_copy(e, entry.name, err);
}

int embedded_give_all(struct embedded *e, uint32_t parent, const char *start, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *storages = NULL;
    size_t count;
    int r = TQ_OK;

    list_storage(e, parent, SEEN_LISTED, false);
    count = e->count;
    storages = alloc_zeroed(count + 1, sizeof(*storages));
    if (!storages)
        return tq_no_memory(err);
    memcpy(storages, e->list, count * sizeof(*storages));
    for (size_t i = 1; i < count && r == TQ_OK && !e->members.stopped; i++) {
        struct compound_entry entry = compound_entry_at(e->compound, storages[i]);

        if (entry.kind == COMPOUND_STORAGE && strncmp(entry.name, start, strlen(start)) == 0)
            r = give_storage(e, storages[i], err);
    }
    return r;
}

int embedded_give_root(struct embedded *e, bool *out_given, struct tq_error *err)
{
    struct compound_stream stream;
    bool found;
    int r;

    list_storage(e, 0, SEEN_TAKEN, false);
    r = find_file(e, &stream, &found, err);
    if (r < 0)
        return r;
    *out_given = true;
    if (found)
        return give_stream(e, &stream, "", err);
    if (find_stream(e, NATIVE, &stream))
        return give_package(e, &stream, "", err);
    *out_given = false;
    return TQ_OK;
}

int embedded_is_root(const struct compound *compound, bool *out_is, struct tq_error *err)
{
    static const char *const names[] = {"Package", "EmbeddedOdf", "\001Ole10Native"};
    struct compound_stream stream;

    *out_is = false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        *out_is |= compound_find(compound, names[i], &stream);
    return *out_is || !compound_find(compound, "CONTENTS", &stream)
               ? TQ_OK
               : is_pdf(compound, &stream, out_is, err);
}

int embedded_finish(struct embedded *e, struct tq_error *err)
{
    const struct sink *sink = e->members.sink;
    int r = TQ_OK;

    if (e->formulas > 0)
        r = emit_note(sink, 0, err, "%" PRIu64 " formulas within it were not read", e->formulas);
    if (r == TQ_OK && e->empty > 0)
        r = emit_note(sink, 0, err,
                      "%" PRIu64 " objects within it are links or pictures alone: not read",
                      e->empty);
    return r;
}

int embedded_read(const struct compound *compound, const char *storage, const char *start,
                  const struct sink *sink, const struct extract_limits *limits,
                  struct tq_error *err)
{
    CLEANUP(embedded_clear) struct embedded embedded = {0};
    uint32_t parent = storage ? compound_number(compound, storage) : 0;
    int r;

    if (parent == COMPOUND_NONE)
        return TQ_OK;
    r = embedded_open(&embedded, compound, sink, limits, err);
    if (r == TQ_OK)
        r = embedded_give_all(&embedded, parent, start, err);
    return r < 0 ? r : embedded_finish(&embedded, err);
}
