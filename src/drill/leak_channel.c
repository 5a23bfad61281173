/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The channel in which the leak was posted. */
#include "drill/leak_channel.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"

static const char *const channels[] = {"Archive publique 24", "Données ouvertes", "Le dossier",
                                       "Canal 7"};

/* Local time without zone, as the export writes it. */
static void add_date(struct buf *out, int32_t minutes, unsigned seconds)
{
    struct buf text CLEANUP(buf_clear_cleanup) = {0};

    text_add_moment(&text, minutes + 60);
    buf_format(out, "   \"date\": \"%.17s%02u\",\n   \"date_unixtime\": \"%lld\",\n",
               text.data ? text.data : "", seconds, (long long)minutes * 60 + seconds);
    if (text.failed)
        out->failed = text.failed;
}

static void begin_message(struct buf *out, unsigned id, int32_t minutes, const char *channel)
{
    buf_format(out, "%s  {\n   \"id\": %u,\n   \"type\": \"message\",\n", id > 1 ? ",\n" : "", id);
    add_date(out, minutes, id * 7 % 60);
    buf_add_text(out, "   \"from\": ");
    escape_json(out, slice_of(channel));
    buf_add_text(out, ",\n   \"from_id\": \"channel9990001234\",\n");
}

static void end_message(struct buf *out, const char *text)
{
    buf_add_text(out, "   \"text\": \"");
    buf_add_text(out, text); /* as it is: one of them holds an escape that JSON does not allow */
    buf_add_text(out, "\",\n   \"text_entities\": []\n  }");
}

static void add_file(struct buf *out, const char *path, const char *type)
{
    const char *name = strrchr(path, '/') + 1;

    buf_add_text(out, "   \"file\": ");
    escape_json(out, slice_of(path));
    buf_add_text(out, ",\n   \"file_name\": ");
    escape_json(out, slice_of(name));
    buf_format(out, ",\n   \"mime_type\": \"%s\",\n", type);
}

static void add_messages(const struct world *world, const struct leak_names *names, struct buf *out)
{
    struct dice dice = dice_for(world->seed, DICE_CHANNEL, 0);
    const char *channel = channels[dice_below(&dice, sizeof(channels) / sizeof(channels[0]))];
    int32_t at = world->published;
    unsigned id = 1;
    const struct {
        const char *path, *type;
    } files[] = {{names->persons, "text/csv"},
                 {names->companies, "text/csv"},
                 {names->declarations, "application/zip"},
                 {names->certificates_archive, "application/zip"}};

    buf_add_text(out, "{\n \"name\": ");
    escape_json(out, slice_of(channel));
    buf_add_text(out,
                 ",\n \"type\": \"public_channel\",\n \"id\": 9990001234,\n \"messages\": [\n");
    begin_message(out, id++, at, channel);
    end_message(out, world->request.seed % 2 ? "Premiers fichiers ce soir. \\xF0\\x9F"
                                             : "Premiers fichiers ce soir.");
    for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (i == 3 && world->request.documents == 0)
            continue;
        at += 2 + (int32_t)dice_below(&dice, 40);
        begin_message(out, id++, at, channel);
        if (i == 1)
            buf_add_text(out, "   \"forwarded_from\": \"Canal 8\",\n");
        add_file(out, files[i].path, files[i].type);
        end_message(out, "");
    }
    begin_message(out, id, at + 700, channel);
    end_message(out, "La suite plus tard.");
    buf_add_text(out, "\n ]\n}\n");
}

int leak_channel_write(const struct world *world, const char *leak, const struct leak_names *names,
                       struct truth *truth, struct tq_error *err)
{
    struct buf text CLEANUP(buf_clear_cleanup) = {0};
    char *path CLEANUP(free_cleanup) = file_join(leak, "result.json");
    size_t exhibit;

    add_messages(world, names, &text);
    int r = path ? buf_check(&text, err) : tq_no_memory(err);

    if (r == TQ_OK)
        r = truth_add_exhibit(truth, "result.json", "telegram", &exhibit, err);
    if (r == TQ_OK)
        r = truth_set_content(truth, exhibit, buf_slice(&text), err);
    return r < 0 ? r : file_save(path, buf_slice(&text), 0644, err);
}
