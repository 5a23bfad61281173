/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Any bytes as an office file. Bytes that are no ZIP file are taken for the content of one part, so
 * that the fuzzer need not find out how to compress: the first byte says of which.
 */
#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "fuzz_extract.h"

struct part {
    const char *name, *content; /* NULL: the input */
};

static const struct part families[][4] = {
    {{"[Content_Types].xml", ""},
     {"xl/workbook.xml", "<w><sheets><sheet name='S' id='r'/></sheets></w>"},
     {"xl/_rels/workbook.xml.rels",
      "<R><Relationship Id='r' Type='/worksheet' Target='worksheets/sheet1.xml'/></R>"},
     {"xl/worksheets/sheet1.xml", NULL}},
    {{"[Content_Types].xml", ""},
     {"xl/workbook.xml", NULL},
     {"xl/sharedStrings.xml", NULL},
     {"xl/styles.xml", NULL}},
    {{"META-INF/manifest.xml", ""}, {"content.xml", NULL}, {"styles.xml", ""}, {"meta.xml", NULL}},
    {{"[Content_Types].xml", ""},
     {"word/document.xml", NULL},
     {"customXml/item.xml", NULL},
     {"word/footer1.xml", ""}},
    {{"[Content_Types].xml", ""},
     {"ppt/presentation.xml", NULL},
     {"ppt/_rels/presentation.xml.rels", NULL},
     {"ppt/slides/slide1.xml", NULL}},
    {{"[Content_Types].xml", ""},
     {"xl/workbook.bin", ""},
     {"xl/worksheets/sheet1.bin", NULL},
     {"xl/worksheets/sheet2.bin", ""}},
    {{"[Content_Types].xml", ""},
     {"xl/workbook.bin", NULL},
     {"xl/sharedStrings.bin", NULL},
     {"xl/styles.bin", NULL}},
};

#define FAMILIES (sizeof(families) / sizeof(families[0]))

static void add_part(struct archive *archive, const char *name, const void *data, size_t size)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)size);
    (void)archive_write_header(archive, entry);
    (void)archive_write_data(archive, data, size);
    archive_entry_free(entry);
}

/* The length of the ZIP file in `out`. */
static size_t pack(const uint8_t *data, size_t size, char *out, size_t capacity)
{
    const struct part *parts = families[data[0] % FAMILIES];
    struct archive *archive = archive_write_new();
    size_t length = 0;

    (void)archive_write_set_format_zip(archive);
    (void)archive_write_set_options(archive, "zip:compression=store");
    (void)archive_write_open_memory(archive, out, capacity, &length);
    for (unsigned i = 0; i < 4; i++) {
        const char *content = parts[i].content;

        add_part(archive, parts[i].name, content ? content : (const char *)data + 1,
                 content ? strlen(content) : size - 1);
    }
    (void)archive_write_close(archive);
    (void)archive_write_free(archive);
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(free_cleanup) char *packed = NULL;
    size_t capacity = 4 * size + 65536;

    if (size < 2 || (data[0] == 'P' && data[1] == 'K'))
        return fuzz_format(&format_office, data, size);
    packed = malloc(capacity);
    if (!packed)
        return 0;
    return fuzz_format(&format_office, (const uint8_t *)packed, pack(data, size, packed, capacity));
}
