/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The register of an institution, and what it says about itself. */
#include "institution/register_out.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "drill/text.h"
#include "institution/member.h"
#include "institution/plain_text.h"
#include "institution/value.h"
#include "institution/writing.h"

static bool is_held(const struct institution *institution, const struct trait *trait,
                    uint32_t history)
{
    return trait->history == history && trait->variants >> institution->variant & 1;
}

static bool is_key(const struct profile *profile, const struct trait *trait)
{
    return strcmp(trait->header, profile->key) == 0;
}

static void describe_column(const struct trait *trait, struct buf *out)
{
    buf_format(out, "      %s: {field: %s, type: %s, category: %s", trait->header, trait->field,
               type_name(trait->type), category_name(trait->category));
    if (trait->check)
        buf_format(out, ", check: %s", trait->check);
    buf_add_text(out, "}\n");
}

static void describe_table(const struct institution *institution, uint32_t number, struct buf *out)
{
    const struct profile *profile = institution->profile;
    const struct history *history = &profile->histories[number];

    buf_format(out,
               "  - name: %s\n    subject: person\n    key: %s\n    file: %s\n"
               "    delimiter: %s\n    encoding: %s\n    known: [_from, _to]\n    columns:\n",
               history->name, profile->key, history->file,
               profile->delimiter == '\t'  ? "tab"
               : profile->delimiter == ';' ? "';'"
                                           : "','",
               profile->windows ? "windows-1252" : "UTF-8");
    for (uint32_t i = 0; i < profile->trait_count; i++)
        if (is_held(institution, &profile->traits[i], number))
            describe_column(&profile->traits[i], out);
}

static int write_description(const struct institution *institution, const char *folder,
                             struct tq_error *err)
{
    const struct profile *profile = institution->profile;
    char *path CLEANUP(free_cleanup) = file_join(folder, "register.yaml");
    struct buf out CLEANUP(buf_clear_cleanup) = {0};

    if (!path)
        return tq_no_memory(err);
    buf_format(&out,
               "# A synthetic register, made by tahqiq drill --profile %s. Nobody in it exists.\n"
               "register:\n  name: %s\n  country: %s\n  timezone: %s\nsubjects: [person]\n"
               "tables:\n",
               profile->name, profile->title, profile->country, profile->timezone);
    for (uint32_t i = 0; i < profile->history_count; i++)
        describe_table(institution, i, &out);
    int r = buf_check(&out, err);

    return r < 0 ? r : file_save(path, buf_slice(&out), 0644, err);
}

static void add_headers(const struct institution *institution, uint32_t number, struct buf *out)
{
    const struct profile *profile = institution->profile;

    buf_add_text(out, profile->key);
    for (uint32_t i = 0; i < profile->trait_count; i++) {
        const struct trait *trait = &profile->traits[i];

        if (!is_held(institution, trait, number) || is_key(profile, trait))
            continue;
        buf_add_byte(out, profile->delimiter);
        buf_add_text(out, trait->header);
    }
    buf_format(out, "%c_from%c_to\n", profile->delimiter, profile->delimiter);
}

static void add_cell(const struct institution *institution, const struct member *member,
                     const struct trait *trait, uint32_t version, struct buf *out)
{
    const struct profile *profile = institution->profile;
    TEXT_SCRATCH(value);
    TEXT_SCRATCH(written);

    trait->make(institution, member, version, trait, &value);
    if (trait->type == TYPE_DATE)
        writing_add_date(&written, buf_slice(&value), profile->register_date, false);
    else
        plain_add_encoded(&written, buf_slice(&value),
                          profile->windows ? ENCODING_WINDOWS : ENCODING_UTF8);
    text_add_csv(out, buf_slice(&written), profile->delimiter);
}

static void add_rows(const struct institution *institution, const struct member *member,
                     uint32_t number, struct text_file *file)
{
    const struct profile *profile = institution->profile;
    const struct timeline *timeline = &member->histories[number];

    for (uint32_t j = 0; j < timeline->count; j++, file->rows++) {
        const struct version *version = &timeline->versions[j];

        value_key(institution, member, 0, NULL, &file->text);
        for (uint32_t i = 0; i < profile->trait_count; i++) {
            const struct trait *trait = &profile->traits[i];

            if (!is_held(institution, trait, number) || is_key(profile, trait))
                continue;
            buf_add_byte(&file->text, profile->delimiter);
            add_cell(institution, member, trait, version->value, &file->text);
        }
        buf_add_byte(&file->text, profile->delimiter);
        text_add_moment(&file->text, version->known);
        buf_add_byte(&file->text, profile->delimiter);
        text_add_moment(&file->text, version->until);
        buf_add_byte(&file->text, '\n');
    }
}

static int write_members(const struct institution *institution, struct text_file *files,
                         struct tq_error *err)
{
    const struct drill_request *request = &institution->request;
    struct member member;
    int r = TQ_OK;

    for (uint32_t number = 0; number < institution->persons; number++) {
        member_load(institution, number, &member);
        for (uint32_t i = 0; r == TQ_OK && i < institution->profile->history_count; i++) {
            add_rows(institution, &member, i, &files[i]);
            r = text_file_pump(&files[i], err);
        }
        if (r < 0)
            return r;
        if (request->progress && number % 4096 == 0)
            request->progress(request->state, "register", (double)number / institution->persons);
    }
    return TQ_OK;
}

static int write_tables(const struct institution *institution, const char *folder,
                        struct text_file *files, struct drill_summary *summary,
                        struct tq_error *err)
{
    const struct profile *profile = institution->profile;
    int r = TQ_OK;

    for (uint32_t i = 0; r == TQ_OK && i < profile->history_count; i++) {
        r = text_file_open(&files[i], folder, profile->histories[i].file, err);
        if (r == TQ_OK)
            add_headers(institution, i, &files[i].text);
    }
    if (r == TQ_OK)
        r = write_members(institution, files, err);
    for (uint32_t i = 0; r == TQ_OK && i < profile->history_count; i++) {
        summary->register_rows += files[i].rows;
        summary->register_bytes += files[i].bytes + files[i].text.length;
        r = text_file_close(&files[i], err);
    }
    return r;
}

int register_out_write(const struct institution *institution, const char *folder,
                       struct drill_summary *summary, struct tq_error *err)
{
    struct text_file files[HISTORIES_MAX];
    int r = file_make_folder(folder, 0755, err);

    for (unsigned i = 0; i < HISTORIES_MAX; i++)
        files[i] = (struct text_file){.fd = -1};
    if (r == TQ_OK)
        r = write_description(institution, folder, err);
    if (r == TQ_OK)
        r = write_tables(institution, folder, files, summary, err);
    for (unsigned i = 0; i < HISTORIES_MAX; i++)
        text_file_drop(&files[i]);
    return r;
}
