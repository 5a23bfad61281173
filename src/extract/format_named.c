/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dumps that only the program which wrote them should read: named, with the way to convert them. */
#include "base/file.h"
#include "extract/emit.h"
#include "extract/format.h"

static const struct {
    struct slice signature;
    const char *type, *how;
} dumps[] = {
    {{"PGDMP", 5},
     "pg_dump",
     "a dump of pg_dump in custom form: \"pg_restore -f dump.sql FILE\" makes SQL of it, to be "
     "taken instead"},
    {{"\x6d\xe2\x99\x81", 4},
     "mongodump",
     "an archive of mongodump: \"mongorestore --archive=FILE\" restores it to a server, "
     "\"mongodump --out FOLDER\" then gives BSON, to be taken instead"},
};
#define DUMPS (sizeof(dumps) / sizeof(dumps[0]))

static size_t find_dump(struct slice head)
{
    size_t i = 0;

    while (i < DUMPS && !slice_starts(head, dumps[i].signature))
        i++;
    return i;
}

static int named_read(const struct extract_input *input, const struct extract_limits *limits,
                      const struct sink *sink, struct tq_error *err)
{
    char head[8];
    size_t got, dump;
    int r = file_read_at(input->fd, 0, head, sizeof(head), &got, err);

    (void)limits;
    if (r < 0)
        return r;
    dump = find_dump(slice_make(head, got));
    r = emit_type(sink, dump < DUMPS ? dumps[dump].type : "dump", err);
    if (r < 0)
        return r;
    return emit_note(sink, 0, err, "not read: %s", dump < DUMPS ? dumps[dump].how : "not known");
}

static enum claim named_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return find_dump(head) < DUMPS ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_named = {"dump", named_claim, named_read};
