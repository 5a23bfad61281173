/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match_table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

static const char *const families[] = {
    "Alaoui",  "Bennani", "Chraibi", "Daoudi",  "El Fassi", "Filali",  "Guessous",  "Hilali",
    "Idrissi", "Jettou",  "Kabbaj",  "Lahlou",  "Mansouri", "Naciri",  "Ouazzani",  "Raissouni",
    "Sebti",   "Tazi",    "Wahabi",  "Yacoubi", "Zniber",   "Berrada", "Cherkaoui", "Skalli",
};
static const char *const given[] = {
    "Ahmed",   "Brahim",  "Karim", "Driss",   "Fouad",  "Hamid",  "Ismail", "Jamal",
    "Khalid",  "Larbi",   "Mehdi", "Nabil",   "Omar",   "Rachid", "Said",   "Tarik",
    "Youssef", "Zakaria", "Amina", "Bouchra", "Samira", "Dounia", "Fatiha", "Ghita",
    "Hanane",  "Ilham",   "Kenza", "Leila",   "Malika", "Nadia",
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static unsigned rule(unsigned number, unsigned salt, unsigned below)
{
    return (unsigned)(hash_mix((uint64_t)number << 8 | salt) % below);
}

void citizen_key(unsigned number, char out[16])
{
    (void)snprintf(out, 16, "K%05u", number);
}

/* Citizens 10k + 1 are twins of 10k: same home, family and birth date. 10k + 3 are homonyms of
 * 10k + 2, and 10k + 5 shares the home of 10k + 4. */
static unsigned home_of(unsigned number)
{
    return number % 10 == 1 || number % 10 == 5 ? number - 1 : number;
}

static void fill(struct citizen *citizen, unsigned number, unsigned home, unsigned name)
{
    unsigned day = 1 + rule(number % 10 == 1 ? number - 1 : number, 1, 28);
    unsigned month = 1 + rule(number % 10 == 1 ? number - 1 : number, 2, 12);
    unsigned year = 1955 + rule(number % 10 == 1 ? number - 1 : number, 3, 45);
    char(*cells)[48] = citizen->cells;

    (void)snprintf(cells[CELL_ID], 48, "1%08u", 10007 * number + rule(number, 4, 9000));
    (void)snprintf(cells[CELL_NATIONAL_ID], 48, "BK%06u", rule(number, 5, 1000000));
    (void)snprintf(cells[CELL_FAMILY], 48, "%s", families[rule(name - name % 2, 6, 24)]);
    (void)snprintf(cells[CELL_GIVEN], 48, "%s",
                   given[number % 10 == 3 ? rule(number - 1, 7, 30) : rule(number, 7, 30)]);
    (void)snprintf(cells[CELL_BIRTH], 48, "%02u/%02u/%04u", day, month, year);
    (void)snprintf(cells[CELL_PHONE], 48, "06%08u", rule(home, 8, 100000000));
    (void)snprintf(cells[CELL_ADDRESS], 48, "%u rue numero %u", 1 + rule(home, 9, 90),
                   1 + rule(home, 10, 40));
    (void)snprintf(cells[CELL_ACCOUNT], 48, "007%08u%09u", rule(number, 11, 100000000),
                   rule(number, 12, 1000000000));
}

struct citizen citizen_of(unsigned number)
{
    struct citizen citizen;

    fill(&citizen, number, home_of(number), number);
    return citizen;
}

struct citizen stranger_of(unsigned number)
{
    struct citizen citizen;

    fill(&citizen, 70000 + number * 10 + 7, 70000 + number * 10 + 7, 70000 + number * 10);
    return citizen;
}

static void add_fact(struct buf *text, const char *key, const char *field, const char *value)
{
    buf_format(text, "%s | %s | %s\n", key, field, value);
}

enum names_known {
    KNOWS_NAMES,
    KNOWS_FAMILIES, /* and the given names of those with an odd number */
    KNOWS_NO_NAMES
};

static bool is_known(enum names_known names, unsigned number, unsigned cell)
{
    if (cell == CELL_GIVEN)
        return names == KNOWS_NAMES || (names == KNOWS_FAMILIES && number % 2 == 1);
    return cell != CELL_FAMILY || names != KNOWS_NO_NAMES;
}

static struct reg *make_register(enum names_known known)
{
    static const char *const names[CITIZEN_CELLS] = {"number",     "national_id", "family_name",
                                                     "given_name", "birth_date",  "phone",
                                                     "address",    "account"};
    struct buf text = {0};
    struct reg *reg;

    buf_add_text(&text, "country MA\ntimezone Africa/Casablanca\nkind person\n" CITIZEN_FIELDS
                        "field person salary amount financial periodic\n");
    for (unsigned i = 0; i < CITIZENS; i++) {
        struct citizen citizen = citizen_of(i);
        const char *birth = citizen.cells[CELL_BIRTH];
        char key[16], date[16];

        citizen_key(i, key);
        (void)snprintf(date, sizeof(date), "%.4s-%.2s-%.2s", birth + 6, birth + 3, birth);
        for (unsigned c = 0; c < CITIZEN_CELLS; c++) {
            if (is_known(known, i, c))
                add_fact(&text, key, names[c], c == CELL_BIRTH ? date : citizen.cells[c]);
        }
        for (unsigned month = 1; month <= 6; month++)
            buf_format(&text, "%s | salary | %u.%02u | period 2024-%02u\n", key,
                       2800 + rule(i, 20 + month / 4, 9000), rule(i, 30, 100), month);
    }
    reg = toy_register(text.data);
    buf_clear(&text);
    return reg;
}

struct reg *citizens_register(void)
{
    return make_register(KNOWS_NAMES);
}

struct reg *nameless_register(void)
{
    return make_register(KNOWS_NO_NAMES);
}

struct reg *families_register(void)
{
    return make_register(KNOWS_FAMILIES);
}

static int load(void *state, uint32_t number, void *scratch, const struct batch **out_batch,
                struct tq_error *err)
{
    const struct match_table *table = state;

    (void)scratch;
    (void)err;
    *out_batch = &table->batches[number].batch;
    return 0;
}

static void *scratch_new(void *state)
{
    (void)state;
    return alloc_zeroed(1, 1);
}

static void must(int r, const struct tq_error *err)
{
    if (r < 0) {
        (void)fprintf(stderr, "match table: %s\n", err->message);
        abort();
    }
}

void match_table_init(struct match_table *table, const struct reg *reg, uint32_t rows_per_batch,
                      bool with_ids)
{
    static const char *const names[CITIZEN_CELLS] = {"number",     "national_id", "family_name",
                                                     "given_name", "birth_date",  "phone",
                                                     "address",    "account"};
    static const enum interpretation as[CITIZEN_CELLS] = {AS_ID,  AS_ID,    AS_NAME, AS_NAME,
                                                          AS_DMY, AS_PHONE, AS_TEXT, AS_ID};
    struct tq_error err;

    *table = (struct match_table){.reg = reg, .rows_per_batch = rows_per_batch};
    must(table_init(&table->table, slice_of("citizens"), slice_of("csv"), CITIZEN_CELLS, &err),
         &err);
    must(reading_init(&table->reading, CITIZEN_CELLS, &err), &err);
    table->reading.kind = 0;
    table->reading.month_column = UINT16_MAX;
    for (unsigned c = 0; c < CITIZEN_CELLS; c++) {
        struct column_reading *column = &table->reading.columns[c];

        if (c <= CELL_NATIONAL_ID && !with_ids)
            continue;
        column->status = READING_FULL;
        column->interpretation = as[c];
        column->target = toy_target(reg, "person", NULL, names[c]);
    }
}

void match_table_row(struct match_table *table, uint32_t record, const char *const *cells)
{
    struct batch_builder *builder;
    struct tq_error err;

    if (table->batch_count == 0
        || table->batches[table->batch_count - 1].batch.row_count >= table->rows_per_batch) {
        table->batches =
            alloc_resize(table->batches, table->batch_count + 1u, sizeof(*table->batches));
        assert(table->batches);
        builder = &table->batches[table->batch_count++];
        batch_builder_init(builder, table->table.column_count);
        batch_builder_empty(builder, table->rows);
    }
    builder = &table->batches[table->batch_count - 1];
    for (uint32_t c = 0; c < table->table.column_count; c++)
        must(batch_builder_cell(builder, slice_of(cells[c]), &err), &err);
    must(batch_builder_row(builder, 1, record, table->rows + 1, 0, &err), &err);
    table->rows++;
    table->table.row_count = table->rows;
}

void match_table_add(struct match_table *table, const struct citizen *citizen)
{
    const char *cells[CITIZEN_CELLS];

    for (unsigned c = 0; c < CITIZEN_CELLS; c++)
        cells[c] = citizen->cells[c];
    match_table_row(table, ++table->records, cells);
}

void match_table_clear(struct match_table *table)
{
    for (uint32_t i = 0; i < table->batch_count; i++)
        batch_builder_clear(&table->batches[i]);
    free(table->batches);
    table_clear(&table->table);
    reading_clear(&table->reading);
}

struct match_model *match_table_fit(struct match_table *table, unsigned threads)
{
    struct match_model *model = NULL;
    struct tq_error err;

    table->source = (struct batch_source){.state = table,
                                          .batch_count = table->batch_count,
                                          .load = load,
                                          .scratch_new = scratch_new,
                                          .scratch_free = free};
    must(match_model_fit(table->reg, &table->table, &table->reading, &table->source, threads,
                         &model, &err),
         &err);
    return model;
}

void match_table_link(struct match_table *table, const struct match_model *model,
                      struct link *links)
{
    struct match_scratch *scratch = match_scratch_new(model);
    struct tq_error err;

    assert(scratch);
    for (uint32_t i = 0; i < table->batch_count; i++) {
        uint32_t count = 0;

        must(match_link_batch(model, scratch, &table->batches[i].batch, NULL, links, &count, NULL,
                              &err),
             &err);
        links += count;
    }
    (void)match_scratch_free(scratch);
}
