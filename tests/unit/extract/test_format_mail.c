/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    buf_clear(&sample);
}

static void header_and_text_are_text_and_the_rest_members(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "mail/parts.eml");
    assert_string_equal(
        recorder.log.data,
        "type mail\n"
        "fact mail.from = Omar Alaouï <omar@example.com>\n"
        "fact mail.subject = Réévaluation 800000001 fin\n"
        "fact mail.date = Wed, 1 May 2024 10:00:00 +0000\n"
        "fact mail.message-id = <1@example.com>\n"
        "member liste é.csv\nend 25 bytes, whole\n"
        "member part-2.eml\nend 94 bytes, whole\n"
        "member part-3.html\nend 12 bytes, whole\n"
        "page 1 24 words: From: Omar Alaouï <omar@example.com> To: \"Caisse\" "
        "<caisse@example.com>, autre@example.com Subject: Réévaluation 800000001 fin Date: Wed, 1 "
        "May 2024 10:00:00 +0000 Message-ID: <1@example.com> Bonjour 800000002, المغرب\n");
    recorder_clear(&recorder);
}

static void a_mail_of_apple_stands_between_its_length_and_its_properties(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "mail/apple.emlx");
    assert_string_equal(
        recorder.log.data,
        "type mail\n"
        "fact mail.from = Agent <agent@example.invalid>\n"
        "fact mail.subject = liste\n"
        "fact mail.message-id = <1@example.invalid>\n"
        "member properties.plist\nend 118 bytes, whole\n"
        "page 1 12 words: From: Agent <agent@example.invalid> To: b@example.invalid "
        "Subject: liste Message-ID: <1@example.invalid> ALAOUI Omar AB600001\n");
    recorder_clear(&recorder);
}

static void a_multipart_without_its_boundary_is_text(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder,
                                   SLICE_LITERAL("From: a\nTo: b\nMIME-Version: 1.0\n"
                                                 "Content-Type: multipart/mixed; boundary=lost\n\n"
                                                 "--other\n\nALAOUI AB600001\n"),
                                   "x"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "ALAOUI AB600001"));
    recorder_clear(&recorder);
}

static void each_message_of_a_mailbox_is_a_member(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "mbox/box.mbox");
    assert_string_equal(recorder.log.data, "type mbox\n"
                                           "member message-000001.eml\nend 109 bytes, whole\n"
                                           "member message-000002.eml\nend 81 bytes, whole\n");
    recorder_clear(&recorder);
}

static void a_group_of_nobody_is_no_receiver(void **state)
{
    static const char text[] = "From: a@example.com\nTo: undisclosed-recipients:;\nCc: : ;\n"
                               "Bcc: ;\nSubject: c\nMIME-Version: 1.0\n\nhello\n";
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_of(text), "x"), TQ_OK);
    assert_false(recorder_has(&recorder, "undisclosed"));
    assert_false(recorder_has(&recorder, "Cc"));
    assert_true(recorder_has(&recorder, "From: a@example.com Bcc: ; Subject: c hello"));
    recorder_clear(&recorder);
}

static void a_line_of_blanks_may_end_the_header(void **state)
{
    static const char *const texts[] = {
        "From: a@b.ma\nTo: c@d.ma\nSubject: liste\nContent-Transfer-Encoding: quoted-printable\n"
        "Content-Type: text/plain; charset=utf-8\n \t \n  CIN AB=30042\nName: "
        "F=C3=A8s\nthird\n\nend\n",
        "From: a@b.ma\r\nTo: c@d.ma\r\nContent-Transfer-Encoding: quoted-printable\r\nSubject: "
        "x\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n  \r\nCIN AB=30042\r\nName: F=C3=A8s\r\nthird"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct recorder recorder = {0};

        assert_int_equal(recorder_read(&recorder, slice_of(texts[i]), "x"), TQ_OK);
        assert_true(recorder_has(&recorder, "type mail\n"));
        assert_true(recorder_has(&recorder, " CIN AB0042 Name: Fès third"));
        torture(slice_of(texts[i]), "x", (unsigned)strlen(texts[i]), 100);
        recorder_clear(&recorder);
    }
}

static void a_line_of_blanks_within_the_header_is_part_of_it(void **state)
{
    static const char text[] = "From: a@b.ma\nTo: c@d.ma\nSubject: liste\n  \n"
                               "Date: Mon, 3 May 2021 10:00:00 +0000\n\nfirst\n  \nlast\n";
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_of(text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "fact mail.date = Mon, 3 May 2021 10:00:00 +0000\n"));
    assert_true(recorder_has(&recorder, " first last\n"));
    recorder_clear(&recorder);
}

static void lines_of_a_header_that_are_no_fields_are_text(void **state)
{
    static const char text[] =
        "From: a@b.ma\nTo: c@d.ma,\ne@f.ma\nSubject: liste\nMessage-ID: <1@b>\n"
        "Date: Mon, 3 May 2021 10:00:00 +0000\n\nfirst\nno field\n";
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_of(text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type mail\n"));
    assert_true(recorder_has(&recorder, " e@f.ma first no field\n"));
    torture(slice_of(text), "x", 150, 100);
    recorder_clear(&recorder);
}

static void depth_is_limited(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n");
    for (int i = 0; i < 20000; i++)
        buf_format(&text, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i);
    buf_add_text(&text, "Content-Type: text/plain\n\nhello\n");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "nested deeper than"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void html_is_read_where_the_text_beside_it_says_little(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
                        "Content-Type: multipart/alternative; boundary=b\n\n"
                        "--b\nContent-Type: text/plain\n\nno HTML here\n"
                        "--b\nContent-Type: text/html\n\n<p>");
    for (int i = 0; i < 100; i++)
        buf_format(&text, "number %d, ", i);
    buf_add_text(&text, "</p>\n--b--\n");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "member part-1.html\n"));
    assert_true(recorder_has(&recorder, " no HTML here\n"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void names_lead_nowhere_else(void **state)
{
    static const char text[] = "From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n"
                               "Content-Type: multipart/mixed; boundary=b\n\n"
                               "--b\nContent-Type: image/png; name=\"../../etc/passwd\"\n\nx\n"
                               "--b\nContent-Type: image/png; name=\"..\"\n\nx\n"
                               "--b\nContent-Type: application/pdf\n\nx\n--b--\n";
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_of(text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "member .._.._etc_passwd\n"));
    assert_true(recorder_has(&recorder, "member part-2\n"));
    assert_true(recorder_has(&recorder, "member part-3.pdf\n"));
    recorder_clear(&recorder);
}

static void members_are_limited(void **state)
{
    struct extract_limits limits = extract_limits_default;
    struct buf sample = corpus_load("mail/parts.eml");
    struct recorder recorder = {0};

    (void)state;
    limits.members_max = 1;
    assert_int_equal(recorder_read_by(&recorder, &format_mail, buf_slice(&sample), &limits), TQ_OK);
    assert_int_equal(recorder.members, 1);
    assert_true(recorder_has(&recorder, "than they may be"));
    recorder_clear(&recorder);
    limits.members_max = 100;
    limits.member_bytes_max = 10;
    assert_int_equal(recorder_read_by(&recorder, &format_mail, buf_slice(&sample), &limits), TQ_OK);
    assert_true(recorder_has(&recorder, "end 0 bytes, damaged\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void what_only_looks_like_a_header_is_something_else(void **state)
{
    static const char *const texts[] = {
        "Subject: holidays\nDear all,\nthe office is closed.\n",
        "From here on: nothing\nTo: do\n\nRemember the milk.\n",
        "HTTP/1.1 200 OK\nDate: x\nContent-Type: text/html\nFrom: x\n\n",
        "from;to;date;subject\na@b.c;d@e.f;2024-05-01;x\ng@h.i;j@k.l;2024-05-02;y\n",
        "2024-05-01 10:00:00 From: a@b.c To: d@e.f\n2024-05-01 10:00:01 closed: yes\n",
        "From the board\nDate: today\nSubject: x\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct recorder recorder = {0};

        assert_int_equal(recorder_read(&recorder, slice_of(texts[i]), "x.eml"), TQ_OK);
        assert_null(strstr(recorder.log.data, "type m"));
        recorder_clear(&recorder);
    }
}

static void a_broken_mailbox_of_outlook_is_told_as_such(void **state)
{
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "!BDN");
    for (int i = 0; i < 2000; i++) {
        struct recorder recorder = {0};

        buf_add_byte(&text, (char)(i * 37));
        if (i % 100 > 0)
            continue;
        assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
        assert_true(recorder_has(&recorder, "type pst\nnote @0 damaged, or of a version"));
        recorder_clear(&recorder);
    }
    buf_clear(&text);
}

static void a_message_of_outlook_is_read_with_what_is_in_it(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "msg/list.msg");
    assert_string_equal(
        recorder.log.data,
        "type msg\n"
        "member .._liste.csv\nend 14 bytes, whole\n"
        "page 1 22 words: Date: 2024-05-01T12:00:00Z From: Omar Alaoui Sender: é@example.com "
        "Subject: La liste é Bonjour 800000001 fin MAPI-3A08: 0600000001 Recipient: Caisse "
        "caisse@example.com Subject: inside 800000003\n");
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"mail/parts.eml", "mail/apple.emlx", "mbox/box.mbox",
                                        "msg/list.msg", "msg/rtf.msg"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.eml", (unsigned)sample.length, 400);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_and_text_are_text_and_the_rest_members),
        cmocka_unit_test(a_mail_of_apple_stands_between_its_length_and_its_properties),
        cmocka_unit_test(a_multipart_without_its_boundary_is_text),
        cmocka_unit_test(each_message_of_a_mailbox_is_a_member),
        cmocka_unit_test(a_group_of_nobody_is_no_receiver),
        cmocka_unit_test(a_line_of_blanks_may_end_the_header),
        cmocka_unit_test(a_line_of_blanks_within_the_header_is_part_of_it),
        cmocka_unit_test(lines_of_a_header_that_are_no_fields_are_text),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(html_is_read_where_the_text_beside_it_says_little),
        cmocka_unit_test(names_lead_nowhere_else),
        cmocka_unit_test(members_are_limited),
        cmocka_unit_test(what_only_looks_like_a_header_is_something_else),
        cmocka_unit_test(a_broken_mailbox_of_outlook_is_told_as_such),
        cmocka_unit_test(a_message_of_outlook_is_read_with_what_is_in_it),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
