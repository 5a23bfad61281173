/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/part.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "extract/emit.h"

#define RELATIONS_MAX  65536u
#define FACT_BYTES_MAX 256u
#define FACTS_MAX      32u

static int feed_xml(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    struct xml *xml = state;
    int r = xml_feed(xml, bytes, false, err);

    *out_enough = xml->fault != NULL;
    return r;
}

int part_read_xml(struct package *package, size_t part, const struct xml_visitor *visitor,
                  struct tq_error *err)
{
    struct xml xml;
    bool whole;
    int r = xml_open(&xml, visitor, NULL, err);

    if (r == TQ_OK)
        r = package_read(package, part, feed_xml, &xml, &whole, err);
    if (r == TQ_OK && whole)
        r = xml_feed(&xml, (struct slice){0}, true, err);
    if (r == TQ_OK && xml.fault)
        r = emit_note(package->sink, 0, err,
                      "damaged XML in a part, read up to line %" PRIu64 ": %s", xml.fault_line,
                      xml.fault);
    xml_clear(&xml);
    return r;
}

static int any_text(void *state, struct slice text, struct tq_error *err)
{
    bool *has = state;

    (void)err;
    *has |= slice_trim(text).length > 0;
    return TQ_OK;
}

int part_has_text(struct package *package, size_t part, bool *out_has, struct tq_error *err)
{
    const struct xml_visitor visitor = {.state = out_has, .text = any_text};

    *out_has = false;
    return part_read_xml(package, part, &visitor, err);
}

/* ---- relationships ---- */

struct relation_reader {
    struct relations *relations;
    struct slice folder; /* of the source, with its slash */
};

void relations_clear(struct relations *relations)
{
    arena_clear(&relations->arena);
    free(relations->items);
    *relations = (struct relations){0};
}

/* `target` as seen from `folder`, without "." and "..". */
static void resolve(struct buf *out, struct slice folder, struct slice target)
{
    if (target.length > 0 && target.data[0] == '/')
        target = slice_skip(target, 1);
    else
        buf_add_slice(out, folder);
    while (target.length > 0 && !out->failed) {
        const char *slash = memchr(target.data, '/', target.length);
        size_t length = slash ? (size_t)(slash - target.data) + 1 : target.length;
        struct slice step = slice_make(target.data, length);

        if (slice_is(step, "../")) {
            if (out->length > 0)
                out->length--;
            while (out->length > 0 && out->data[out->length - 1] != '/')
                out->length--;
        } else if (!slice_is(step, "./")) {
            buf_add_slice(out, step);
        }
        target = slice_skip(target, length);
    }
}

static int copy_text(struct arena *arena, struct slice text, struct slice *out,
                     struct tq_error *err)
{
    char *copy = arena_text(arena, text);

    if (!copy)
        return tq_no_memory(err);
    *out = slice_make(copy, text.length);
    return TQ_OK;
}

static int relation_begin(void *state, const char *name, const char **attributes,
                          struct tq_error *err)
{
    struct relation_reader *reader = state;
    struct relations *relations = reader->relations;
    CLEANUP(buf_clear_cleanup) struct buf target = {0};
    const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type");
    const char *to = xml_attribute(attributes, "Target"), *last;
    const char *mode = xml_attribute(attributes, "TargetMode");
    struct relation relation;
    int r;

    if (strcmp(name, "Relationship") != 0 || !id || !type || !to
        || (mode && strcmp(mode, "External") == 0) || relations->count >= RELATIONS_MAX)
        return TQ_OK;
    resolve(&target, reader->folder, slice_of(to));
    last = strrchr(type, '/');
    r = buf_check(&target, err);
    if (r == TQ_OK)
        r = copy_text(&relations->arena, buf_slice(&target), &relation.target, err);
    if (r == TQ_OK)
        r = copy_text(&relations->arena, slice_of(id), &relation.id, err);
    if (r == TQ_OK)
        r = copy_text(&relations->arena, slice_of(last ? last + 1 : type), &relation.kind, err);
    if (r == TQ_OK)
        r = alloc_reserve(&relations->items, &relations->capacity, relations->count + 1,
                          sizeof(*relations->items), err);
    if (r == TQ_OK)
        relations->items[relations->count++] = relation;
    return r;
}

int relations_read(struct package *package, struct slice source, struct relations *out,
                   struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    const char *slash = source.length > 0 ? memrchr(source.data, '/', source.length) : NULL;
    size_t folder_length = slash ? (size_t)(slash - source.data) + 1 : 0;
    struct relation_reader reader = {out, slice_make(source.data, folder_length)};
    const struct xml_visitor visitor = {.state = &reader, .begin = relation_begin};
    size_t part;
    int r;

    *out = (struct relations){0};
    buf_add_slice(&name, reader.folder);
    buf_add_text(&name, "_rels/");
    buf_add_slice(&name, slice_skip(source, folder_length));
    buf_add_text(&name, ".rels");
    r = buf_check(&name, err);
    if (r < 0)
        return r;
    part = package_find(package, buf_slice(&name));
    return part == PART_NONE ? TQ_OK : part_read_xml(package, part, &visitor, err);
}

const struct relation *relations_of_kind(const struct relations *relations, const char *kind)
{
    for (size_t i = 0; i < relations->count; i++) {
        if (slice_is(relations->items[i].kind, kind))
            return &relations->items[i];
    }
    return NULL;
}

const struct relation *relations_of_id(const struct relations *relations, struct slice id)
{
    for (size_t i = 0; i < relations->count; i++) {
        if (slice_equal(relations->items[i].id, id))
            return &relations->items[i];
    }
    return NULL;
}

/* ---- facts ---- */

struct fact_reader {
    const struct sink *sink;
    const char *fact; /* being read, or NULL */
    struct buf text;
    uint32_t count;
};

static const char *fact_of(const char *element)
{
    static const struct {
        const char *element, *fact;
    } known[] = {
        {"creator", "author"},     {"initial-creator", "author"}, {"lastModifiedBy", "editor"},
        {"created", "created"},    {"creation-date", "created"},  {"modified", "modified"},
        {"date", "modified"},      {"lastPrinted", "printed"},    {"Application", "producer"},
        {"generator", "producer"}, {"Company", "company"},        {"title", "title"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(element, known[i].element) == 0)
            return known[i].fact;
    }
    return NULL;
}

static int fact_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct fact_reader *reader = state;

    (void)attributes;
    (void)err;
    reader->fact = fact_of(name);
    buf_empty(&reader->text);
    return TQ_OK;
}

static int fact_end(void *state, const char *name, struct tq_error *err)
{
    struct fact_reader *reader = state;
    const char *fact = reader->fact;
    int r;

    (void)name;
    reader->fact = NULL;
    if (!fact || reader->text.length == 0 || reader->count >= FACTS_MAX)
        return TQ_OK;
    r = buf_check(&reader->text, err);
    if (r < 0)
        return r;
    reader->count++;
    return emit_fact(reader->sink, fact, buf_slice(&reader->text), err);
}

static int fact_text(void *state, struct slice text, struct tq_error *err)
{
    struct fact_reader *reader = state;

    (void)err;
    if (reader->fact && reader->text.length + text.length <= FACT_BYTES_MAX)
        buf_add_slice(&reader->text, text);
    return TQ_OK;
}

int part_read_facts(struct package *package, size_t part, struct tq_error *err)
{
    struct fact_reader reader = {.sink = package->sink};
    const struct xml_visitor visitor = {&reader, fact_begin, fact_end, fact_text};
    int r;

    if (part == PART_NONE)
        return TQ_OK;
    r = part_read_xml(package, part, &visitor, err);
    buf_clear(&reader.text);
    return r;
}
