/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/description_digest.h"

#include "base/cleanup.h"
#include "base/hash.h"

/* A text with its end; one that is not given is no empty one. */
static void add_text(struct buf *out, const char *text)
{
    buf_add_byte(out, text ? '=' : '-');
    buf_add_text(out, text ? text : "");
    buf_add_byte(out, '\0');
}

static void add_field(struct buf *out, const struct described_field *field)
{
    add_text(out, field->name);
    add_text(out, field->check);
    buf_format(out, "%d %d %u %u %d\n", (int)field->type, (int)field->category, field->kind,
               field->ref_kind, field->periodic);
}

static void add_table(struct buf *out, const struct described_table *table)
{
    const char *const texts[] = {table->name,     table->key,         table->sql,
                                 table->relation, table->encoding,    table->valid_from,
                                 table->valid_to, table->known_from,  table->known_to,
                                 table->period,   table->period_month};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        add_text(out, texts[i]);
    buf_format(out, "%u %d %d %d %zu\n", table->kind, table->delimiter, table->has_dates,
               (int)table->dates, table->column_count);
    for (size_t i = 0; i < table->column_count; i++) {
        add_text(out, table->columns[i].header);
        add_text(out, table->columns[i].month);
        add_text(out, table->columns[i].day);
        add_text(out, table->columns[i].country ? table->columns[i].country->code : NULL);
        buf_format(out, "%u\n", table->columns[i].field);
    }
}

int description_digest(const struct description *description, uint8_t out[REG_SOURCE_BYTES],
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    uint8_t digest[SHA256_BYTES];
    int r;

    add_text(&text, "tahqiq " TAHQIQ_VERSION);
    add_text(&text, description->name);
    add_text(&text, description->country_code);
    add_text(&text, description->timezone);
    for (uint8_t i = 0; i < description->kind_count; i++)
        add_text(&text, description->kinds[i]);
    for (size_t i = 0; i < description->field_count; i++)
        add_field(&text, &description->fields[i]);
    for (size_t i = 0; i < description->table_count; i++)
        add_table(&text, &description->tables[i]);
    r = buf_check(&text, err);
    if (r == TQ_OK)
        r = sha256_of(buf_slice(&text), digest, err);
    if (r == TQ_OK)
        memcpy(out, digest, REG_SOURCE_BYTES);
    return r;
}
