/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "recorder.h"

#define READ(recorder, text, name) \
    assert_int_equal(recorder_read(recorder, slice_of(text), name), TQ_OK)

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), strrchr(name, '/') + 1), TQ_OK);
    buf_clear(&sample);
}

static void a_csv_with_a_header_gives_its_rows_as_records(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "delimited/plain.csv");
    assert_true(recorder_has(&recorder, "type csv\n"));
    assert_true(recorder_has(&recorder, "table  [immat] [nom] [prenom] [ddn] [salaire]\n"));
    assert_true(recorder_has(
        &recorder, "row 1 @2 0 | 800000000 | ALAOUI | Fatima Zahra | 01/01/1950 | 2000,00\n"));
    assert_int_equal(recorder.rows, 12);
    assert_true(recorder_has(&recorder, "fact encoding = UTF-8\n"));
    recorder_clear(&recorder);
}

static void how_it_was_written_is_told(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder, "\xef\xbb\xbfnom;ville\r\nRAMI;\"Fes; ville\"\r\nNAJI;Rabat\r\nSAID;Oujda\r\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "fact line-ends = CRLF\n"));
    assert_true(recorder_has(&recorder, "fact quoting = some\n"));
    assert_true(recorder_has(&recorder, "fact byte-order-mark = yes\n"));
    recorder_clear(&recorder);
    READ(&recorder, "\"nom\",\"ville\"\n\"RAMI\",\"Fes\nville\"\n\"NAJI\",\"Rabat\"\n", "a.csv");
    assert_true(recorder_has(&recorder, "fact line-ends = LF\n"));
    assert_true(recorder_has(&recorder, "fact quoting = all\n"));
    assert_false(recorder_has(&recorder, "byte-order-mark"));
    recorder_clear(&recorder);
    READ(&recorder, "nom;ville\rRAMI;Fes\rNAJI;Rabat\rSAID;Oujda\r", "a.csv");
    assert_true(recorder_has(&recorder, "fact line-ends = CR\n"));
    assert_true(recorder_has(&recorder, "fact quoting = none\n"));
    recorder_clear(&recorder);
}

static void without_a_header_the_first_row_is_a_record(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "delimited/no_header.csv");
    assert_true(recorder_has(&recorder, "table  [] [] [] [] []\n"));
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 800000000 | "));
    assert_int_equal(recorder.rows, 12);
    recorder_clear(&recorder);
}

static void quotes_and_encodings_make_no_difference(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "delimited/quoted.csv");
    assert_true(recorder_has(&recorder, "| TA\"ZI |"));
    assert_int_equal(recorder.rows, 12);
    recorder_clear(&recorder);

    read_sample(&recorder, "delimited/windows-1252.tsv");
    assert_true(recorder_has(&recorder, "| Hélène |"));
    assert_true(recorder_has(&recorder, "fact encoding = windows-1252\n"));
    recorder_clear(&recorder);

    read_sample(&recorder, "delimited/windows-1256.csv");
    assert_true(recorder_has(&recorder, "| فاطمة الزهراء |"));
    assert_true(recorder_has(&recorder, "fact encoding = windows-1256\n"));
    recorder_clear(&recorder);

    read_sample(&recorder, "delimited/utf-16.csv");
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 800000000 | فاطمة الزهراء | 01/01/1950\n"));
    recorder_clear(&recorder);

    read_sample(&recorder, "delimited/mixed_encodings.csv");
    assert_true(recorder_has(&recorder, "fact encoding = UTF-8 and windows-1252\n"));
    assert_true(recorder_has(&recorder, "row 2 @3 0 | 800000007 | BENNANI | Hélène |"));
    assert_true(recorder_has(&recorder, "row 3 @4 0 | 800000014 | IDRISSI | Hélène |"));
    recorder_clear(&recorder);
}

static void what_a_row_lost_is_found_again(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    /* a quote before the closing one that was not doubled */
    READ(&recorder,
         "id,nom,prix,note\n1,\"a, b\",5,x\n2,\"table, 48\"\",\"7\",\"y\"\n3,\"c, "
         "d\",9,z\n4,e,1,w\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "| table, 48\" | 7 | y\n"));
    recorder_clear(&recorder);
    /* a column without a name that no row has */
    READ(&recorder, "id,nom,,prix\n1,RAMI,5\n2,NAJI,6\n3,SAID,7\n4,ALI,8\n", "a.csv");
    assert_true(recorder_has(&recorder, "table  [id] [nom] [prix]\n"));
    recorder_clear(&recorder);
    /* a sentence with commas above the header */
    READ(&recorder, "Liste du lundi, mardi, jeudi\nid,nom\n1,RAMI\n2,NAJI\n3,SAID\n4,ALI\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "table  [id] [nom]\n"));
    assert_int_equal(recorder.rows, 4);
    recorder_clear(&recorder);
    /* a second row of names that fills the holes of the first */
    READ(&recorder,
         "date,lieu,voyage,,total\n,,avion,train,\n01/02/2020,Fes,5,6,11\n"
         "02/02/2020,Taza,1,2,3\n03/02/2020,Oujda,3,4,7\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "[voyage avion] [voyage train] [total]\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
    /* one row that is parted by spaces, words of one column among them */
    READ(&recorder,
         "jour,heure,nom,prix\n01/02/2020,10:00,Rami Ali,$5.10\n02/02/2020 11:00 Naji Ben $6.20\n"
         "03/02/2020,12:00,Said Omar,$7.30\n04/02/2020,13:00,Fikri Sara,$8.40\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "| 11:00 | Naji Ben | $6.20\n"));
    recorder_clear(&recorder);
}

static void what_stands_beside_the_records_is_text_of_its_line(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "Extrait, voir Mr RAMI, CIN AB123456\n\nid;nom;prix\n1;NAJI;5\n2;SAID;6\n"
         "# vu avec CD654321\n3;ALI;7\nTotal;;18\nFait le lundi\n",
         "a.csv");
    assert_int_equal(recorder.rows, 3);
    assert_true(recorder_has(&recorder, "aside 0@1: Extrait, voir Mr RAMI, CIN AB123456\n"));
    assert_true(recorder_has(&recorder, "aside 0@6: # vu avec CD654321\n"));
    assert_true(recorder_has(&recorder, "aside 0@8: Total;;18\n"));
    assert_true(recorder_has(&recorder, "aside 0@9: Fait le lundi\n"));
    assert_int_equal(recorder.pages, 0);
    recorder_clear(&recorder);
    /* taken for names of columns, and searched all the same */
    READ(&recorder, "id;vu par AB123456;prix\n1;NAJI;5\n2;SAID;6\n3;ALI;7\n", "a.csv");
    assert_true(recorder_has(&recorder, "aside 0@1: id;vu par AB123456;prix\n"));
    recorder_clear(&recorder);
}

static void dirt_costs_no_record(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "delimited/dirty.csv");
    assert_true(recorder_has(&recorder, "note @1 title or remark row"));
    assert_true(recorder_has(&recorder, "note @3 comment row"));
    assert_true(recorder_has(&recorder, "row 1 @5 0 | 800000000 |"));
    assert_true(recorder_has(&recorder, "row 6 @10 0 | 800000107 | TAZI | \"Moh | 12/12/1980 |"));
    assert_true(recorder_has(&recorder, "row 7 @11 0 | 800000114 | AL \"X\" AMI | Karim |"));
    assert_true(recorder_has(&recorder, "row 8 @12 1 | 800000121 | TAZI |  |  | \n"));
    assert_true(recorder_has(&recorder, "row 9 @13 1 | 800000035 |"));
    assert_true(recorder_has(&recorder, "note @15 repeated header row"));
    assert_true(recorder_has(&recorder, "note @17 total row"));
    assert_true(recorder_has(&recorder, "row 11 @19 0 | 800000128 | TAZI | line one\\u{000A}line")
                || recorder_has(&recorder, "row 11 @19 0 | 800000128 | TAZI | line one"));
    assert_true(recorder_has(&recorder, "table 2 [employeur] [ice] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 12 @23 0 | ABC SARL | 001234567000089 | Rabat\n"));
    assert_int_equal(recorder.rows, 14);
    recorder_clear(&recorder);
}

static void aligned_columns_are_split_by_position(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "delimited/fixed.txt");
    assert_true(recorder_has(&recorder, "type fixed\n"));
    assert_true(recorder_has(&recorder, "table  [immat] [nom] [prenom] [salaire]\n"));
    assert_true(
        recorder_has(&recorder, "row 1 @2 0 | 800000000 | ALAOUI | Fatima Zahra | 2000,00"));
    recorder_clear(&recorder);
}

static void a_list_of_values_is_a_table_of_one_column(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "delimited/list.txt");
    assert_true(recorder_has(&recorder, "table  []\n"));
    assert_int_equal(recorder.rows, 12);
    recorder_clear(&recorder);
}

static void a_list_of_values_in_quotes_is_one_too(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder, "\"\"\n\"a.b@mail.example\"\n\"c@mail.example\"\n\"d@mail.example\"\n",
         "list.txt");
    assert_true(recorder_has(&recorder, "type csv\n"));
    assert_true(recorder_has(&recorder, "row 1 @2 0 | a.b@mail.example\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
}

static void unusual_delimiters_are_found(void **state)
{
    static const char *const delimiters[] = {",", ";",  "\t", "|",    "^",       "~",
                                             ":", "||", "#",  "\x01", "\xC2\xA7"};

    (void)state;
    for (size_t i = 0; i < sizeof(delimiters) / sizeof(delimiters[0]); i++) {
        struct recorder recorder = {0};
        struct buf text = {0};

        for (int row = 0; row < 8; row++)
            buf_format(&text, "%d%sKarim%sperson%d@example.com\n", 800000000 + row, delimiters[i],
                       delimiters[i], row);
        READ(&recorder, text.data, "dump.txt");
        assert_true(recorder_has(&recorder, "| 800000003 | Karim | person3@example.com\n"));
        assert_int_equal(recorder.rows, 8);
        buf_clear(&text);
        recorder_clear(&recorder);
    }
}

/* Second given and second family names: "FRANK,,MUELLER,,1967-09-27" is no doubled comma. */
static void columns_that_are_mostly_empty_are_columns(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "given,given2,family,family2,born\n");
    for (int row = 0; row < 40; row++)
        buf_format(&text, "FRANK,%s,MUELLER,,1967-09-%02d\n", row == 30 ? "UWE" : "", 1 + row % 28);
    READ(&recorder, text.data, "people.csv");
    assert_int_equal(recorder.columns, 5);
    assert_int_equal(recorder.rows, 40);
    assert_true(recorder_has(&recorder, "| FRANK | UWE | MUELLER |  | 1967-09-03\n"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void lines_with_another_delimiter_are_rows_all_the_same(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int row = 0; row < 12; row++)
        buf_format(&text, row % 4 == 3 ? "%d;Karim;F%d;x\n" : "%d,Karim,F%d,x\n", 800000000 + row,
                   row);
    READ(&recorder, text.data, "dump.csv");
    assert_int_equal(recorder.rows, 12);
    assert_true(recorder_has(&recorder, "row 4 @4 0 | 800000003 | Karim | F3 | x\n"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void an_unquoted_delimiter_in_a_value_is_put_right(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int row = 0; row < 10; row++)
        buf_format(&text, "%d,12 rue X%s,0%d,2024-01-0%d\n", 800000000 + row,
                   row == 7 ? ", Rabat" : "", 600000000 + row, row % 9 + 1);
    READ(&recorder, text.data, "dump.csv");
    assert_true(recorder_has(
        &recorder, "row 8 @8 1 | 800000007 | 12 rue X, Rabat | 0600000007 | 2024-01-08\n"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

/* Rows of `row` (with %d for its number) below `head`, as one table of 10 records. */
static void check_rows(const char *head, const char *row, const char *table, const char *record)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    buf_add_text(&text, head);
    for (int i = 0; i < 10; i++) {
        const char *mark = strchr(row, '#');

        buf_add(&text, row, (size_t)(mark - row));
        buf_format(&text, "%d%s\n", 800000000 + i, mark + 1);
    }
    READ(&recorder, text.data, "dump.csv");
    assert_int_equal(recorder.tables, 1);
    assert_int_equal(recorder.rows, 10);
    assert_true(recorder_has(&recorder, table));
    assert_true(recorder_has(&recorder, record));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void headers_of_other_widths_or_several_rows_are_headers(void **state)
{
    (void)state;
    check_rows("id;nom;ville;note\n", "#;TAZI;FES", "table  [id] [nom] [ville] [note]\n",
               "row 1 @2 1 | 800000000 | TAZI | FES | \n");
    check_rows("id;nom;ville;\n", "#;TAZI;FES", "table  [id] [nom] [ville]\n",
               "row 1 @2 0 | 800000000 | TAZI | FES\n");
    check_rows("insured;;birth\nnumber;name;date\n", "#;TAZI;2001-02-03",
               "table  [insured number] [name] [birth date]\n",
               "row 1 @3 0 | 800000000 | TAZI | 2001-02-03\n");
}

static void names_of_groups_are_part_of_the_header(void **state)
{
    static const char groups[] = "Assuré;;;Employeur;\nimmat;nom;prénom;nom;ville\n";
    static const char rows[] = "800001;RAMI;Ali;Ste A;Fes\n800002;NAJI;Sara;Ste B;Taza\n"
                               "800003;SAID;Omar;Ste C;Rabat\n";
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct recorder recorder = {0};

    (void)state;
    buf_format(&text, "%s%s", groups, rows);
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "a.csv"), TQ_OK);
    assert_true(recorder_has(&recorder, "table  [Assuré immat] [Assuré nom] [Assuré prénom] "
                                        "[Employeur nom] [Employeur ville]\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
    /* a name over two rows, and a title above both */
    buf_empty(&text);
    buf_format(&text, "Extrait du 3 mai;;;;\nimmat;Assuré;;Employeur;\n;nom;prénom;nom;ville\n%s",
               rows);
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "a.csv"), TQ_OK);
    assert_true(recorder_has(&recorder, "table  [immat] [Assuré nom] [Assuré prénom] "
                                        "[Employeur nom] [Employeur ville]\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
}

static void a_comment_above_the_table_may_name_its_columns(void **state)
{
    static const char rows[] = "1;RAMI;5.20\n2;NAJI;6.10\n3;SAID;7.30\n4;ALI;8.80\n";
    static const char *const leaders[] = {"# ", "#", "-- ", "// ", "#Fields: ", "#columns:"};
    struct recorder recorder = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(leaders) / sizeof(leaders[0]); i++) {
        CLEANUP(buf_clear_cleanup) struct buf text = {0};

        buf_format(&text, "# vu le 3 mai\n%sid;nom;prix\n# fin\n%s", leaders[i], rows);
        assert_int_equal(recorder_read(&recorder, buf_slice(&text), "a.csv"), TQ_OK);
        assert_true(recorder_has(&recorder, "table  [id] [nom] [prix]\n"));
        assert_int_equal(recorder.rows, 4);
        recorder_clear(&recorder);
    }
    READ(&recorder, "# vu le 3 mai; RAMI; 12\n1;RAMI;5.20\n2;NAJI;6.10\n3;SAID;7.30\n", "a.csv");
    assert_true(recorder_has(&recorder, "table  [] [] []\n"));
    recorder_clear(&recorder);
}

static void logs_that_announce_their_fields_are_tables(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "#Version: 1.0\n#Fields: date time c-ip cs-username\n"
         "2024-03-01 10:00:01 10.0.0.1 rami\n2024-03-01 10:00:02 10.0.0.2 \"naji ali\"\n"
         "#Fields: date time c-ip cs-username\n2024-03-01 10:00:03 10.0.0.3 -\n",
         "u_ex.log");
    assert_true(recorder_has(&recorder, "table  [date] [time] [c-ip] [cs-username]\n"));
    assert_true(recorder_has(&recorder, "| 10:00:02 | 10.0.0.2 | naji ali\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
    READ(&recorder,
         "#separator \\x09\n#fields\tts\tuid\tuser\n#types\ttime\tstring\tstring\n"
         "17001.5\tCx1\trami\n17002.5\tCx2\tnaji\n#close\t2024\n",
         "conn.log");
    assert_true(recorder_has(&recorder, "table  [ts] [uid] [user]\n"));
    assert_int_equal(recorder.rows, 2);
    recorder_clear(&recorder);
}

static void titles_and_totals_of_each_page_are_no_records(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int page = 0; page < 3; page++) {
        buf_format(&text, "ROLE 2024;;;Page %d\n;;;\nnom;no;annee;montant\n", page + 1);
        for (int i = 0; i < 10; i++)
            buf_format(&text, "TAZI %c;%d;200%d;12,%d0\n", 'A' + i, 8000 + page * 10 + i, i, i);
        buf_add_text(&text, "Total page;;;120,50\n");
    }
    READ(&recorder, text.data, "role.csv");
    assert_int_equal(recorder.tables, 1);
    assert_int_equal(recorder.rows, 30);
    assert_true(recorder_has(&recorder, "table  [nom] [no] [annee] [montant]\n"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void delimiters_of_two_characters_are_found(void **state)
{
    (void)state;
    check_rows("id, amount, at\n", "#, 1,000, 12:30:00", "table  [id] [amount] [at]\n",
               "row 1 @2 0 | 800000000 | 1,000 | 12:30:00\n");
    check_rows("id::amount::at\n", "#::1,000::12:30:00", "table  [id] [amount] [at]\n",
               "row 1 @2 0 | 800000000 | 1,000 | 12:30:00\n");
}

static void one_giant_line_is_read_in_part(void **state)
{
    struct recorder recorder = {.quiet = true};
    struct buf text = {0};

    (void)state;
    for (int row = 0; row < 20; row++)
        buf_format(&text, "%d;a;b\n", 800000000 + row);
    for (int i = 0; i < 20 << 20; i++)
        buf_add_byte(&text, 'x');
    buf_add_text(&text, ";y;z\n800000099;c;d\n");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "dump.csv"), TQ_OK);
    assert_int_equal(recorder.rows, 22);
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void nul_bytes_are_left_out_and_told(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder,
                                   SLICE_LITERAL("800000001;TA\0ZI;x\n800000002;BA;y\n"
                                                 "800000003;CA;z\n800000004;DA;z\n"),
                                   "dump.csv"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "| TAZI |"));
    assert_true(recorder_has(&recorder, "note @0 1 NUL bytes were left out\n"));
    recorder_clear(&recorder);
}

static void rows_that_end_in_a_carriage_return_are_rows(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(
        recorder_read(&recorder,
                      slice_of("id;name;town\n800000001;TAZI;Fes\n"
                               "800000002;ALAMI;Fes\r800000003;BARI;\r800000004;;Sale\n"
                               "800000005;CHAMI;Rabat\n800000006;DRISSI;Fes\r\n"
                               "800000007;\"EL\r\";Oujda\n800000008;FASSI;Ta\rza\n"),
                      "dump.csv"),
        TQ_OK);
    assert_int_equal(recorder.rows, 8);
    assert_true(recorder_has(&recorder, "row 2 @3 0 | 800000002 | ALAMI | Fes\n"));
    assert_true(recorder_has(&recorder, "row 3 @3 0 | 800000003 | BARI | \n"));
    assert_true(recorder_has(&recorder, "row 4 @3 0 | 800000004 |  | Sale\n"));
    assert_true(recorder_has(&recorder, "row 5 @4 0 | 800000005 | CHAMI | Rabat\n"));
    assert_true(recorder_has(&recorder, "note @3 a row with too many cells was put right"));
    recorder_clear(&recorder);
    assert_int_equal(recorder_read(&recorder,
                                   slice_of("id;name;town\r800000001;TAZI;Fes\n"
                                            "800000002;ALAMI;Fes\n800000003;BARI;Fes\n"),
                                   "dump.csv"),
                     TQ_OK);
    assert_int_equal(recorder.rows, 3);
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 800000001 | TAZI | Fes\n"));
    recorder_clear(&recorder);
}

static void line_ends_of_all_kinds_in_one_file_end_lines(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct recorder recorder = {0};

    (void)state;
    buf_format(&text, "id;name;town\n");
    for (unsigned i = 0; i < 60; i++)
        buf_format(&text, "%u;TAZI;Fes%s", 800000 + i, ends[i % 3]);
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "dump.csv"), TQ_OK);
    assert_int_equal(recorder.rows, 60);
    assert_int_equal(recorder.tables, 1);
    assert_true(recorder_has(&recorder, "row 60 @61 0 | 800059 | TAZI | Fes\n"));
    recorder_clear(&recorder);
}

static void marks_of_files_put_together_are_no_text(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "\xef\xbb\xbfid;name;town\n1;TAZI;Fes\n2;RAMI;Taza\n\xef\xbb\xbfid;name;town\n"
         "3;NAJI;Sale\n\xef\xbb\xbf"
         "4;ALI;Rabat\n5;A\xef\xbb\xbfLI;Rabat\n",
         "dump.csv");
    assert_int_equal(recorder.rows, 5);
    assert_true(recorder_has(&recorder, "note @4 repeated header row, not a record\n"));
    assert_true(recorder_has(&recorder, "| 4 | ALI | Rabat\n"));
    recorder_clear(&recorder);
}

static void delimiters_of_several_signs_are_found(void **state)
{
    static const char *const delimiters[] = {"~|~",          "|#|",          " | ",     "@@",
                                             "\xE2\x94\x82", "\xEF\xBD\x9C", "\xC2\xB6"};

    (void)state;
    for (size_t i = 0; i < sizeof(delimiters) / sizeof(delimiters[0]); i++) {
        CLEANUP(buf_clear_cleanup) struct buf text = {0};
        struct recorder recorder = {0};
        const char *d = delimiters[i];

        buf_format(&text, "id%snom%sville\n", d, d);
        for (unsigned row = 0; row < 6; row++)
            buf_format(&text, "80000%u%sRAMI%sFes\n", row, d, d);
        assert_int_equal(recorder_read(&recorder, buf_slice(&text), "a.csv"), TQ_OK);
        assert_true(recorder_has(&recorder, "table  [id] [nom] [ville]\n"));
        assert_true(recorder_has(&recorder, "row 6 @7 0 | 800005 | RAMI | Fes\n"));
        recorder_clear(&recorder);
    }
}

/* The sign between the cells is a copy, which moves when a later row has more to unescape. */
static void an_escaped_sign_between_cells_is_compared(void **state)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct recorder recorder = {0};

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        buf_format(&text, "a;\\:;b;\\:;\"x\\\"%u\"", i);
        for (unsigned k = 0; k < 3 * i; k++)
            buf_add_byte(&text, 'y');
        buf_add_byte(&text, '\n');
    }
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x.csv"), TQ_OK);
    recorder_clear(&recorder);
}

static void drawn_tables_lose_their_lines(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "| id | nom | prix |\n|:---|:---:|---:|\n| 1 | RAMI | 5.20 |\n| 2 | NAJI | 6.10 |\n"
         "| 3 | SAID | 7.30 |\n",
         "a.md");
    assert_true(recorder_has(&recorder, "table  [] [id] [nom] [prix] []\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
    READ(
        &recorder,
        "┌────┬──────┐\n│ id │ nom  │\n├────┼──────┤\n│ 1  │ RAMI │\n│ 2  │ NAJI │\n│ 3  │ SAID │\n"
        "└────┴──────┘\n",
        "a.txt");
    assert_true(recorder_has(&recorder, "table  [] [id] [nom] []\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
}

static void files_of_other_dialects_put_together_are_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "id;nom;prix\n1;RAMI;5.20\n2;NAJI;6.10\n3;SAID;7.30\n4;ALI;8.80\n"
         "id,nom,prix\n5,RAMI,5.20\n6,NAJI,6.10\n7,SAID,7.30\n8,ALI,8.80\n9,TAZI,1.10\n",
         "a.csv");
    assert_int_equal(recorder.rows, 9);
    assert_true(recorder_has(&recorder, "| 1 | RAMI | 5.20\n"));
    assert_true(recorder_has(&recorder, "| 9 | TAZI | 1.10\n"));
    recorder_clear(&recorder);
    READ(&recorder,
         "id;nom;prix\n1;RAMI;5.20\n2;NAJI;6.10\n3;SAID;7.30\n4;ALI;8.80\n"
         "code,mail\nA1,a@x.ma\nA2,b@x.ma\nA3,c@x.ma\n",
         "a.csv");
    assert_int_equal(recorder.rows, 7);
    assert_true(recorder_has(&recorder, "table 2 [code] [mail]\n"));
    recorder_clear(&recorder);
}

static void a_decimal_comma_that_parts_cells_is_joined(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "id,brut,nom,ville\n801,2500,50,RAMI,Fes\n802,12,05,NAJI,Taza\n803,-7,99,SAID,Fes\n"
         "804,3100,00,ALI,Oujda\n805,3200,10,TAZI,Fes\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "table  [id] [brut] [nom] [ville]\n"));
    assert_true(recorder_has(&recorder, "row 3 @4 0 | 803 | -7,99 | SAID | Fes\n"));
    assert_true(recorder_has(&recorder, "note @1 numbers of column 2 have a comma"));
    recorder_clear(&recorder);
    /* which of two pairs is the number, nobody can tell */
    READ(&recorder, "id,age,nom\n801,31,50,RAMI\n802,32,51,NAJI\n803,33,52,SAID\n804,34,53,ALI\n",
         "a.csv");
    assert_true(recorder_has(&recorder, "row 1 @2 0 | 801 | 31 | 50 | RAMI\n"));
    recorder_clear(&recorder);
}

static void a_row_over_lines_without_quotes_is_put_together(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    READ(&recorder,
         "id;adresse;ddn;brut\n801;Fes;01/01/1980;5,10\n802;Rue 5\nCité Amal\nFes;02/01/1980;6,20\n"
         "803;Taza;03/01/1980;7,30\n804;Sale;04/01/1980;8,40\n805;Rabat\n806;Fes;05/01/1980;1,10\n",
         "a.csv");
    assert_int_equal(recorder.rows, 6);
    assert_true(recorder_has(
        &recorder, "row 2 @3 1 | 802 | Rue 5\\u{000A}Cité Amal\\u{000A}Fes | 02/01/1980 | 6,20\n"));
    assert_true(recorder_has(&recorder, "row 5 @8 1 | 805 | Rabat |  | \n"));
    assert_true(recorder_has(&recorder, "row 6 @9 0 | 806 | Fes | 05/01/1980 | 1,10\n"));
    recorder_clear(&recorder);
}

static void a_table_without_rows_says_so(void **state)
{
    static const struct slice texts[] = {SLICE_LITERAL("id;name;amount\n"), SLICE_LITERAL("\""),
                                         SLICE_LITERAL("a;b\n\n\n")};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct recorder recorder = {0};

        assert_int_equal(recorder_read(&recorder, texts[i], "dump.csv"), TQ_OK);
        assert_int_equal(recorder.rows, 0);
        assert_true(recorder_has(&recorder, "no rows were found below a header\n"));
        recorder_clear(&recorder);
    }
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"delimited/dirty.csv", "delimited/fixed.txt",
                                        "delimited/windows-1256.csv", "delimited/utf-16.csv"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.csv", (unsigned)sample.length, 400);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_csv_with_a_header_gives_its_rows_as_records),
        cmocka_unit_test(how_it_was_written_is_told),
        cmocka_unit_test(without_a_header_the_first_row_is_a_record),
        cmocka_unit_test(quotes_and_encodings_make_no_difference),
        cmocka_unit_test(what_a_row_lost_is_found_again),
        cmocka_unit_test(what_stands_beside_the_records_is_text_of_its_line),
        cmocka_unit_test(dirt_costs_no_record),
        cmocka_unit_test(aligned_columns_are_split_by_position),
        cmocka_unit_test(a_list_of_values_is_a_table_of_one_column),
        cmocka_unit_test(a_list_of_values_in_quotes_is_one_too),
        cmocka_unit_test(unusual_delimiters_are_found),
        cmocka_unit_test(columns_that_are_mostly_empty_are_columns),
        cmocka_unit_test(lines_with_another_delimiter_are_rows_all_the_same),
        cmocka_unit_test(an_unquoted_delimiter_in_a_value_is_put_right),
        cmocka_unit_test(headers_of_other_widths_or_several_rows_are_headers),
        cmocka_unit_test(names_of_groups_are_part_of_the_header),
        cmocka_unit_test(a_comment_above_the_table_may_name_its_columns),
        cmocka_unit_test(logs_that_announce_their_fields_are_tables),
        cmocka_unit_test(titles_and_totals_of_each_page_are_no_records),
        cmocka_unit_test(delimiters_of_two_characters_are_found),
        cmocka_unit_test(one_giant_line_is_read_in_part),
        cmocka_unit_test(nul_bytes_are_left_out_and_told),
        cmocka_unit_test(line_ends_of_all_kinds_in_one_file_end_lines),
        cmocka_unit_test(marks_of_files_put_together_are_no_text),
        cmocka_unit_test(delimiters_of_several_signs_are_found),
        cmocka_unit_test(an_escaped_sign_between_cells_is_compared),
        cmocka_unit_test(drawn_tables_lose_their_lines),
        cmocka_unit_test(files_of_other_dialects_put_together_are_read),
        cmocka_unit_test(a_decimal_comma_that_parts_cells_is_joined),
        cmocka_unit_test(a_row_over_lines_without_quotes_is_put_together),
        cmocka_unit_test(a_table_without_rows_says_so),
        cmocka_unit_test(rows_that_end_in_a_carriage_return_are_rows),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
