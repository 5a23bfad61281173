/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Office files that are packages: Office Open XML and OpenDocument. Recognised by their parts. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/format.h"
#include "extract/office.h"

#define CLAIM_MEMBERS 4096u /* looked at to tell an office file from an archive */

/* How a family is told by the name of its main part, and read. */
static const struct family {
    const char *type;
    const char *marker; /* a part that all of the family's packages have */
    const char *main;   /* the usual name of the main part */
    const char *root;   /* how its name ends in odd packages, if it begins with a slash or a dot */
    int (*read)(struct office *office, size_t main, struct tq_error *err);
} families[] = {
    {"xlsx", "[Content_Types].xml", "xl/workbook.xml", "/workbook.xml", xlsx_read},
    {"xlsb", "[Content_Types].xml", "xl/workbook.bin", "/workbook.bin", xlsx_read},
    {"vsdx", "[Content_Types].xml", "visio/document.xml", "visio/document.xml", vsdx_read},
    {"xps", "[Content_Types].xml", "FixedDocumentSequence.fdseq", ".fdseq", xps_read},
    {"docx", "[Content_Types].xml", "word/document.xml", "/document.xml", docx_read},
    {"pptx", "[Content_Types].xml", "ppt/presentation.xml", "/presentation.xml", pptx_read},
    {"odf", "META-INF/manifest.xml", "content.xml", "content.xml", odf_read},
    {"odf", "META-INF/manifest.xml", "encrypted-package", "encrypted-package", odf_read},
};

static bool ends_in(struct slice name, struct slice ending)
{
    return name.length >= ending.length
           && slice_equal(slice_skip(name, name.length - ending.length), ending);
}

/* The family of a package and its main part; NULL: it is no office file. */
static const struct family *find_family(const struct package *package, size_t *out_main)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        const struct family *family = &families[i];
        size_t main = package_find(package, slice_of(family->main));

        for (size_t part = 0; part < package->count && main == PART_NONE; part++) {
            if (strchr("/.", family->root[0])
                && ends_in(package->names[part], slice_of(family->root)))
                main = part;
        }
        if (main == PART_NONE)
            continue;
        if (package_find(package, slice_of(family->marker)) != PART_NONE
            || (package->damaged && slice_is(package->names[main], family->main))) {
            *out_main = main;
            return family;
        }
    }
    return NULL;
}

static int collect(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    struct buf *out = state;

    buf_add_slice(out, bytes);
    *out_enough = out->length > 256;
    return buf_check(out, err);
}

/* What the member "mimetype" says. */
static int read_mime(struct office *office, struct buf *out_mime, struct tq_error *err)
{
    size_t part = package_find(&office->package, SLICE_LITERAL("mimetype"));
    bool whole;

    return part == PART_NONE ? TQ_OK
                             : package_read(&office->package, part, collect, out_mime, &whole, err);
}

static const char *type_of_mime(struct slice mime)
{
    static const struct {
        const char *word, *type;
    } known[] = {{"spreadsheet", "ods"},
                 {"presentation", "odp"},
                 {"text", "odt"},
                 {"graphics", "odg"},
                 {"database", "odb"}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (mime.length > 0 && memmem(mime.data, mime.length, known[i].word, strlen(known[i].word)))
            return known[i].type;
    }
    return "odf";
}

static int tell_type(struct office *office, const struct family *family, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf mime = {0};
    int r;

    if (family->read != odf_read)
        return emit_type(office->sink, family->type, err);
    office->package.quiet = true;
    r = read_mime(office, &mime, err);
    office->package.quiet = false;
    return r < 0 ? r : emit_type(office->sink, type_of_mime(buf_slice(&mime)), err);
}

static int feed_member(void *state, struct slice bytes, bool *out_enough, struct tq_error *err)
{
    const struct sink *sink = state;

    (void)out_enough;
    return sink->member_bytes(sink->state, bytes, err);
}

static int give_member(struct office *office, size_t part, struct tq_error *err)
{
    const struct sink *sink = office->sink;
    struct sink copy = *sink; /* the state of a feed is not const */
    bool whole, has_text = true;
    int r = TQ_OK;

    if (ends_in(office->package.names[part], SLICE_LITERAL(".xml")))
        r = part_has_text(&office->package, part, &has_text, err);
    if (r < 0 || !has_text)
        return r;
    r = sink->member(sink->state, office->package.names[part], err);
    if (r == TQ_OK)
        r = package_read(&office->package, part, feed_member, &copy, &whole, err);
    return r < 0 ? r : sink->member_end(sink->state, !whole, err);
}

/* What was not read here is an exhibit of its own: attached files, pictures, data of all kinds. */
static int give_members(struct office *office, struct tq_error *err)
{
    struct package *package = &office->package;
    int r = TQ_OK;

    for (size_t i = 0; i < package->count && !package->stopped && r == TQ_OK; i++) {
        if (!package->taken[i] && package->names[i].length > 0
            && !office_is_structure(package->names[i]))
            r = give_member(office, i, err);
    }
    return r;
}

static int read_properties(struct office *office, struct tq_error *err)
{
    static const char *const names[] = {"docProps/core.xml", "docProps/app.xml"};
    int r = TQ_OK;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && r == TQ_OK; i++)
        r = part_read_facts(&office->package, package_find(&office->package, slice_of(names[i])),
                            err);
    return r;
}

static int report(struct office *office, struct tq_error *err)
{
    if (office->package.damaged) {
        int r = emit_note(office->sink, 0, err, "the list of its parts is damaged");

        if (r < 0)
            return r;
    }
    if (office->is_shut)
        return TQ_OK;
    if (office->text.grid.writer.record == 0 && office->text.pages.page_count == 0)
        return emit_note(office->sink, 0, err, "no records and no text were found");
    return TQ_OK;
}

static int read_parts(struct office *office, const struct extract_input *input,
                      const struct extract_limits *limits, struct tq_error *err)
{
    const struct family *family;
    size_t main;
    int r = package_open(&office->package, input, limits, office->sink, limits->members_max, err);

    if (r < 0)
        return r;
    family = find_family(&office->package, &main);
    if (!family) {
        r = emit_type(office->sink, "zip", err);
        return r < 0 ? r : emit_note(office->sink, 0, err, "no office file after all: not read");
    }
    r = tell_type(office, family, err);
    if (r == TQ_OK)
        r = family->read(office, main, err);
    if (r == TQ_OK)
        r = read_properties(office, err);
    if (r == TQ_OK)
        r = document_text_finish(&office->text, err);
    if (r == TQ_OK)
        r = give_members(office, err);
    return r < 0 ? r : report(office, err);
}

static int office_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    struct office office = {.sink = sink};
    int r;

    document_text_init(&office.text, sink, limits);
    r = read_parts(&office, input, limits, err);
    document_text_clear(&office.text);
    odf_lock_clear(&office.lock);
    package_clear(&office.package);
    return r;
}

static enum claim office_claim(struct slice head, const struct extract_input *input)
{
    struct package package;
    struct tq_error ignored;
    size_t main;
    bool is_office;
    int r;

    if (!slice_starts(head, SLICE_LITERAL("PK\3\4")))
        return CLAIM_NONE;
    r = package_open(&package, input, &extract_limits_default, NULL, CLAIM_MEMBERS, &ignored);
    is_office = r == TQ_OK && find_family(&package, &main);
    package_clear(&package);
    if (r == TQ_E_NOMEM)
        return CLAIM_FAILED;
    return is_office ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_office = {"office", office_claim, office_read};
