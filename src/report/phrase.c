/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of reports in English, French and Arabic: one table, one line a phrase and language. */
#include "report/phrase.h"

static const char
    *const phrases[PHRASE_COUNT_][LANGUAGE_COUNT] =
        {
            [PHRASE_REPORT] =
                {
                    "Inquiry report",
                    "Rapport d'enquête",
                    "تقرير التحقيق",
                },
            [PHRASE_CASE] =
                {
                    "Case",
                    "Dossier",
                    "الملف",
                },
            [PHRASE_REGISTER] =
                {
                    "Register",
                    "Registre",
                    "السجل المرجعي",
                },
            [PHRASE_SEAL] =
                {
                    "Seal (SHA-256)",
                    "Scellé (SHA-256)",
                    "الختم (SHA-256)",
                },
            [PHRASE_MASKED] =
                {
                    "Values are masked. This report attributes no attack.",
                    "Les valeurs sont masquées. Ce rapport n'attribue aucune attaque.",
                    "القيم محجوبة. لا ينسب هذا التقرير أي "
                    "هجوم إلى أحد.",
                },
            [PHRASE_IN_SHORT] =
                {
                    "In short",
                    "En bref",
                    "باختصار",
                },
            [PHRASE_REAL] =
                {
                    "1. Is it real?",
                    "1. Est-ce réel ?",
                    "1. هل البيانات حقيقية؟",
                },
            [PHRASE_REAL_LEAD] =
                {
                    "Each published record was compared, cell by cell, with what the "
                    "register held.",
                    "Chaque enregistrement publié a été comparé, cellule par cellule, "
                    "à ce que détenait le registre.",
                    "قورن كل سجل منشور، خلية بخلية، بما كان "
                    "في السجل المرجعي.",
                },
            [PHRASE_WHOSE] =
                {
                    "2. Whose, and how many?",
                    "2. Qui, et combien ?",
                    "2. من المعنيون وكم عددهم؟",
                },
            [PHRASE_WHOSE_LEAD] =
                {
                    "Distinct subjects of the register. Affected: named by an authentic, "
                    "stale or incomplete record. Named falsely: by an altered or "
                    "misattributed one. Exposed: some cell, in whatever record, truly shows "
                    "a value of theirs.",
                    "Sujets distincts du registre. Affecté : nommé par un enregistrement "
                    "authentique, périmé ou incomplet. Nommé à tort : par un "
                    "enregistrement altéré ou mal attribué. Exposé : une cellule, dans "
                    "n'importe quel enregistrement, montre vraiment une de ses valeurs.",
                    "أشخاص وهيئات مختلفون من السجل المرجعي. "
                    "متأثر: ورد في سجل صحيح أو قديم أو ناقص. "
                    "مذكور خطأ: ورد في سجل محرف أو منسوب إلى "
                    "غيره. مكشوف: خلية ما تظهر فعلا قيمة من "
                    "قيمه.",
                },
            [PHRASE_WHEN] =
                {
                    "3. When, and from where was it taken?",
                    "3. Quand et d'où cela a-t-il été pris ?",
                    "3. متى ومن أين أخذت البيانات؟",
                },
            [PHRASE_WHEN_LEAD] =
                {
                    "The moments at which a table agrees with the register, as intervals "
                    "that hold the true moment in 98 cases of 100.",
                    "Les moments où une table concorde avec le registre, en intervalles "
                    "qui contiennent le vrai moment dans 98 cas sur 100.",
                    "اللحظات التي يتفق فيها الجدول مع السجل "
                    "المرجعي، في فترات تتضمن اللحظة "
                    "الصحيحة في 98 حالة من 100.",
                },
            [PHRASE_HOW_BAD] =
                {
                    "4. How bad is it?",
                    "4. Quelle gravité ?",
                    "4. ما مدى الخطورة؟",
                },
            [PHRASE_HOW_BAD_LEAD] =
                {
                    "Severity per exposed subject, after the ENISA recommendations of 2013 "
                    "(SE = DPC × EI + CB).",
                    "Gravité par sujet exposé, selon les recommandations de l'ENISA de "
                    "2013 (SE = DPC × EI + CB).",
                    "الخطورة لكل شخص مكشوف، وفق توصيات "
                    "الوكالة الأوروبية للأمن السيبراني "
                    "لسنة 2013 ‏(SE = DPC × EI + CB).",
                },
            [PHRASE_SAY] =
                {
                    "5. What may be said?",
                    "5. Que peut-on dire ?",
                    "5. ماذا يمكن قوله؟",
                },
            [PHRASE_SAY_LEAD] =
                {
                    "Sentences that the findings bear out, and no more.",
                    "Des phrases que les constats soutiennent, et rien de plus.",
                    "جمل تسندها النتائج، ولا شيء أكثر.",
                },
            [PHRASE_CHECK] =
                {
                    "6. Can an auditor check all that?",
                    "6. Un auditeur peut-il tout vérifier ?",
                    "6. هل يمكن لمدقق أن يتحقق من كل ذلك؟",
                },
            [PHRASE_CHECK_LEAD] =
                {
                    "Every step is in the ledger of the case; 'tahqiq verify' recomputes "
                    "its chain and the digest of every exhibit. The same evidence and "
                    "register give the same findings, byte for byte.",
                    "Chaque étape figure dans le journal du dossier ; « tahqiq verify » "
                    "en recalcule la chaîne et l'empreinte de chaque pièce. Les mêmes "
                    "pièces et le même registre donnent les mêmes constats, octet pour "
                    "octet.",
                    "كل خطوة مسجلة في دفتر الملف؛ ويعيد "
                    "الأمر tahqiq verify حساب سلسلته وبصمة كل "
                    "مستند. المستندات نفسها والسجل نفسه "
                    "يعطيان النتائج نفسها بايتا ببايت.",
                },
            [PHRASE_READINGS] =
                {
                    "How the columns were read",
                    "Comment les colonnes ont été lues",
                    "كيف قرئت الأعمدة",
                },
            [PHRASE_READINGS_LEAD] =
                {
                    "A column is recognised by its content: agreement with the register for "
                    "the same subjects, beside what chance alone would give.",
                    "Une colonne est reconnue par son contenu : concordance avec le "
                    "registre pour les mêmes sujets, à côté de ce que le hasard seul "
                    "donnerait.",
                    "يعرف العمود من محتواه: نسبة اتفاقه مع "
                    "السجل المرجعي للأشخاص أنفسهم، بجانب "
                    "ما يعطيه الحظ وحده.",
                },
            [PHRASE_UNREAD] =
                {
                    "What could not be read",
                    "Ce qui n'a pas pu être lu",
                    "ما تعذرت قراءته",
                },
            [PHRASE_UNREAD_LEAD] =
                {
                    "Exhibits that yielded nothing, or not everything, and notes on what "
                    "was damaged.",
                    "Pièces qui n'ont rien donné, ou pas tout, et notes sur ce qui était "
                    "endommagé.",
                    "مستندات لم تعط شيئا أو لم تعط كل شيء، "
                    "وملاحظات عما كان تالفا.",
                },
            [PHRASE_UNREAD_NONE] =
                {
                    "Everything was read.",
                    "Tout a été lu.",
                    "قرئ كل شيء.",
                },
            [PHRASE_PICTURES_UNREAD] =
                {
                    "Pages that are pictures and were not read by OCR: %s of %s. A larger --ocr "
                    "reads them.",
                    "Pages qui sont des images et n'ont pas été lues par OCR : %s sur %s. Un --ocr "
                    "plus grand les lit.",
                    "صفحات هي صور ولم تقرأ بالتعرف الضوئي: %s من %s. خيار --ocr أكبر يقرؤها.",
                },
            [PHRASE_ENDED_AS_RECORDS] =
                {
                    "with records",
                    "avec enregistrements",
                    "بسجلات",
                },
            [PHRASE_ENDED_AS_TEXT] =
                {
                    "as text: documents, or searched",
                    "en texte : documents, ou parcourus",
                    "كنص: وثائق أو نص بحث فيه",
                },
            [PHRASE_ENDED_AS_MEMBERS] =
                {
                    "that hold others",
                    "qui en contiennent d'autres",
                    "تحوي مستندات أخرى",
                },
            [PHRASE_ENDED_AS_NOTE] =
                {
                    "that gave only a note",
                    "qui n'ont donné qu'une remarque",
                    "لم تعط إلا ملاحظة",
                },
            [PHRASE_ENDED_EMPTY] =
                {
                    "with nothing in them, or only about others",
                    "sans rien, ou seulement au sujet d'autres",
                    "لا شيء فيها، أو عن غيرها فقط",
                },
            [PHRASE_NOT_READ_YET] =
                {
                    "not read yet",
                    "pas encore lues",
                    "لم تقرأ بعد",
                },
            [PHRASE_LOCKED] =
                {
                    "behind a password that is not known, wholly or in part",
                    "derrière un mot de passe inconnu, en tout ou en partie",
                    "خلف كلمة سر مجهولة، كلها أو بعضها",
                },
            [PHRASE_BYTES_UNREAD] =
                {
                    "bytes not read",
                    "octets non lus",
                    "بايتات لم تقرأ",
                },
            [PHRASE_METHOD] =
                {
                    "Method",
                    "Méthode",
                    "المنهج",
                },
            [PHRASE_METHOD_TEXT] =
                {
                    "Columns are matched to register fields by co-agreement with an exact "
                    "permutation baseline. Records are linked by the Fellegi-Sunter model "
                    "with value frequencies, conditional on what was already counted, and a "
                    "nobody candidate; a record is linked at a probability of .8 or more. "
                    "Tables are dated by a mixture of snapshots over the known-time "
                    "intervals of their agreeing cells; where one moment explains several "
                    "tables better than a moment for each, it is theirs together. "
                    "Confirming a value needs that it is "
                    "possible within the support of the date; holding something against a "
                    "record needs certainty over all of it. A record is unfounded only if "
                    "nobody in the register can be meant; what is too thin to tell stays "
                    "unverifiable.",
                    "Les colonnes sont rapprochées des champs du registre par "
                    "co-concordance, avec l'espérance exacte sous permutation. Les "
                    "enregistrements sont liés par le modèle de Fellegi-Sunter avec "
                    "fréquences des valeurs, conditionnées à ce qui est déjà compté, "
                    "et un candidat « personne » ; un enregistrement est lié à partir "
                    "d'une probabilité de 0,8. Les tables sont datées par un mélange "
                    "d'instantanés sur les intervalles de connaissance des cellules "
                    "concordantes ; quand un même moment explique plusieurs tables mieux "
                    "qu'un moment pour chacune, il leur est commun. "
                    "Confirmer une valeur demande qu'elle soit possible dans "
                    "le support de la date ; retenir quelque chose contre un enregistrement "
                    "demande la certitude sur tout le support. Un enregistrement n'est sans "
                    "fondement que si personne du registre ne peut être visé ; ce qui est "
                    "trop mince reste invérifiable.",
                    "تقابل الأعمدة حقول السجل المرجعي "
                    "بالاتفاق المشترك مع التوقع الدقيق "
                    "للتبديل. وتربط السجلات بنموذج "
                    "فليغي-سنتر مع تواترات القيم مشروطة بما "
                    "سبق عده، ومع احتمال «لا أحد»؛ ويربط "
                    "السجل ابتداء من احتمال 0.8. وتؤرخ "
                    "الجداول بمزيج من اللقطات على فترات "
                    "العلم للخلايا المتفقة؛ وإذا فسرت لحظة واحدة "
                    "عدة جداول أحسن من لحظة لكل جدول فهي لها جميعا. "
                    "تأكيد قيمة "
                    "يتطلب إمكانها ضمن مجال التاريخ، "
                    "والأخذ على سجل يتطلب اليقين في المجال "
                    "كله. ولا يعد السجل بلا أساس إلا إذا "
                    "تعذر أن يعني أحدا من السجل المرجعي، "
                    "وما كان أضعف من ذلك يبقى غير قابل "
                    "للتحقق.",
                },
            [PHRASE_TABLE] =
                {
                    "Table",
                    "Table",
                    "الجدول",
                },
            [PHRASE_KIND] =
                {
                    "Kind",
                    "Genre",
                    "النوع",
                },
            [PHRASE_RECORDS] =
                {
                    "Records",
                    "Enregistrements",
                    "السجلات",
                },
            [PHRASE_VERDICT] =
                {
                    "Verdict",
                    "Verdict",
                    "الحكم",
                },
            [PHRASE_COUNT] =
                {
                    "Number",
                    "Nombre",
                    "العدد",
                },
            [PHRASE_SHARE] =
                {
                    "Share",
                    "Part",
                    "النسبة",
                },
            [PHRASE_AFFECTED] =
                {
                    "Affected",
                    "Affectés",
                    "متأثرون",
                },
            [PHRASE_AT_LEAST] =
                {
                    "At least",
                    "Au moins",
                    "على الأقل",
                },
            [PHRASE_AT_MOST] =
                {
                    "At most",
                    "Au plus",
                    "على الأكثر",
                },
            [PHRASE_UNSEEN] =
                {
                    "Whom do unread documents name?",
                    "Qui nomment les documents non lus ?",
                    "من تذكر المستندات التي لم تقرأ؟",
                },
            [PHRASE_UNSEEN_LEAD] =
                {
                    "An estimate from the documents that could be read: so many more may be "
                    "affected, named in nothing else; \"at most\" above counts them. It holds if "
                    "what made documents unreadable has nothing to do with whom they name.",
                    "Estimation d'après les documents lus : autant d'autres peuvent être affectés, "
                    "nommés nulle part ailleurs ; « au plus » ci-dessus les compte. Elle vaut si "
                    "la cause de l'illisibilité est sans rapport avec les personnes nommées.",
                    "تقدير بحسب المستندات المقروءة: قد يتأثر هذا العدد أيضا ممن لا يذكرهم شيء آخر، "
                    "وهم محسوبون أعلاه في «على الأكثر». يصح التقدير إذا كان سبب تعذر القراءة لا "
                    "علاقة له بمن تذكرهم المستندات.",
                },
            [PHRASE_DOCUMENTS_READ] =
                {
                    "Documents read",
                    "Documents lus",
                    "مستندات مقروءة",
                },
            [PHRASE_DOCUMENTS_UNREAD] =
                {
                    "Not read",
                    "Non lus",
                    "لم تقرأ",
                },
            [PHRASE_MORE_AFFECTED] =
                {
                    "More affected",
                    "Affectés en plus",
                    "متأثرون آخرون",
                },
            [PHRASE_NAMED_FALSELY] =
                {
                    "Named falsely",
                    "Nommés à tort",
                    "مذكورون خطأ",
                },
            [PHRASE_EXPOSED] =
                {
                    "Exposed",
                    "Exposés",
                    "مكشوفون",
                },
            [PHRASE_CATEGORY] =
                {
                    "Data category",
                    "Catégorie de données",
                    "فئة البيانات",
                },
            [PHRASE_FROM] =
                {
                    "From (UTC)",
                    "De (UTC)",
                    "من (UTC)",
                },
            [PHRASE_TO] =
                {
                    "To (UTC)",
                    "À (UTC)",
                    "إلى (UTC)",
                },
            [PHRASE_BEST] =
                {
                    "Best",
                    "Le plus probable",
                    "الأرجح",
                },
            [PHRASE_RESOLUTION] =
                {
                    "Resolution",
                    "Résolution",
                    "الدقة",
                },
            [PHRASE_DAYS] =
                {
                    "days",
                    "jours",
                    "أيام",
                },
            [PHRASE_NO_BOUND] =
                {
                    "no bound",
                    "sans borne",
                    "بلا حد",
                },
            [PHRASE_NOT_DATED] =
                {
                    "not dated: too few records carry a date",
                    "non datée : trop peu d'enregistrements portent une date",
                    "غير مؤرخ: القليل من السجلات يحمل "
                    "تاريخا",
                },
            [PHRASE_SEVERITY] =
                {
                    "Severity",
                    "Gravité",
                    "الخطورة",
                },
            [PHRASE_SEVERITY_LOW] =
                {
                    "low",
                    "faible",
                    "ضعيفة",
                },
            [PHRASE_SEVERITY_MEDIUM] =
                {
                    "medium",
                    "moyenne",
                    "متوسطة",
                },
            [PHRASE_SEVERITY_HIGH] =
                {
                    "high",
                    "élevée",
                    "مرتفعة",
                },
            [PHRASE_SEVERITY_VERY_HIGH] =
                {
                    "very high",
                    "très élevée",
                    "مرتفعة جدا",
                },
            [PHRASE_SUBJECTS] =
                {
                    "Subjects",
                    "Sujets",
                    "الأشخاص",
                },
            [PHRASE_EXHIBIT] =
                {
                    "Exhibit",
                    "Pièce",
                    "المستند",
                },
            [PHRASE_EXHIBITS] =
                {
                    "Exhibits",
                    "Pièces",
                    "المستندات",
                },
            [PHRASE_BYTES] =
                {
                    "Bytes",
                    "Octets",
                    "بايت",
                },
            [PHRASE_TYPE] =
                {
                    "Type",
                    "Type",
                    "الصنف",
                },
            [PHRASE_NOTE] =
                {
                    "Note",
                    "Note",
                    "ملاحظة",
                },
            [PHRASE_COLUMN] =
                {
                    "Column",
                    "Colonne",
                    "العمود",
                },
            [PHRASE_HEADER] =
                {
                    "Header",
                    "En-tête",
                    "العنوان",
                },
            [PHRASE_FIELD] =
                {
                    "Register field",
                    "Champ du registre",
                    "حقل السجل",
                },
            [PHRASE_READ_AS] =
                {
                    "Read as",
                    "Lu comme",
                    "قرئ على أنه",
                },
            [PHRASE_AGREEMENT] =
                {
                    "Agreement",
                    "Concordance",
                    "الاتفاق",
                },
            [PHRASE_CHANCE] =
                {
                    "By chance",
                    "Par hasard",
                    "بالحظ",
                },
            [PHRASE_FILLED] =
                {
                    "Filled",
                    "Rempli",
                    "مملوء",
                },
            [PHRASE_STATUS] =
                {
                    "Status",
                    "Statut",
                    "الحالة",
                },
            [PHRASE_CHART_VERDICTS] =
                {
                    "Verdicts per table",
                    "Verdicts par table",
                    "الأحكام لكل جدول",
                },
            [PHRASE_CHART_CATEGORIES] =
                {
                    "Exposed subjects by data category",
                    "Sujets exposés par catégorie de données",
                    "المكشوفون حسب فئة البيانات",
                },
            [PHRASE_CHART_DATING] =
                {
                    "When it was taken: likelihood over time",
                    "Quand cela a été pris : vraisemblance dans le temps",
                    "متى أخذت: الأرجحية عبر الزمن",
                },
            [PHRASE_CHART_EXHIBITS] =
                {
                    "Records per exhibit",
                    "Enregistrements par pièce",
                    "السجلات لكل مستند",
                },
            [PHRASE_FURTHER] =
                {
                    "and %s more",
                    "et %s de plus",
                    "و%s غيرها",
                },
            [PHRASE_RULES] =
                {
                    "Does it fit together?",
                    "Cela tient-il ensemble ?",
                    "هل هي متسقة؟",
                },
            [PHRASE_RULES_LEAD] =
                {
                    "What records show and the register does not hold, against the "
                    "consistency rules of its branches. Values that break a rule far more "
                    "often than the register's own, or far less often, were made up rather "
                    "than taken from it. Where the register itself breaks a rule, the "
                    "record is not reproached with it.",
                    "Ce que des enregistrements montrent et que le registre ne détient "
                    "pas, face aux règles de cohérence de ses branches. Des valeurs qui "
                    "enfreignent une règle bien plus souvent que celles du registre, ou "
                    "bien moins souvent, ont été fabriquées plutôt que tirées de lui. Là "
                    "où le registre enfreint lui-même une règle, cela n'est pas reproché "
                    "à l'enregistrement.",
                    "ما تظهره سجلات وليس في السجل المرجعي، "
                    "أمام قواعد الاتساق لفروعه. القيم التي "
                    "تخالف قاعدة أكثر بكثير من قيم السجل "
                    "المرجعي، أو أقل بكثير، اختلقت ولم تؤخذ "
                    "منه. وحيث يخالف السجل المرجعي نفسه "
                    "القاعدة لا يؤاخذ السجل المنشور بها.",
                },
            [PHRASE_RULE] =
                {
                    "Rule",
                    "Règle",
                    "القاعدة",
                },
            [PHRASE_TESTED] =
                {
                    "Tested",
                    "Examinés",
                    "المفحوصة",
                },
            [PHRASE_BROKEN] =
                {
                    "Break it",
                    "Enfreignent",
                    "المخالفة",
                },
            [PHRASE_SHARE_SHOWN] =
                {
                    "Share here",
                    "Part ici",
                    "النسبة هنا",
                },
            [PHRASE_SHARE_HELD] =
                {
                    "In the register",
                    "Au registre",
                    "في السجل المرجعي",
                },
            [PHRASE_EFFECT] =
                {
                    "Effect (h)",
                    "Effet (h)",
                    "الأثر (h)",
                },
            [PHRASE_SIGN] =
                {
                    "Sign",
                    "Signe",
                    "الدلالة",
                },
            [PHRASE_SIGN_MORE] =
                {
                    "made up: broken far more often",
                    "fabriqué : bien plus souvent enfreinte",
                    "مختلق: مخالفة أكثر بكثير",
                },
            [PHRASE_SIGN_LESS] =
                {
                    "too clean: broken far less often",
                    "trop propre : bien moins souvent enfreinte",
                    "نظيف أكثر من اللازم: مخالفة أقل بكثير",
                },
            [PHRASE_SIGNS] =
                {
                    "Were the false rows made up?",
                    "Les lignes fausses ont-elles été fabriquées ?",
                    "هل اختلقت الأسطر غير الصحيحة؟",
                },
            [PHRASE_SIGNS_LEAD] =
                {
                    "Unfounded and altered rows that differ both from the register and from the "
                    "rows of the same table that it bears out, by more than chance explains once "
                    "all tests and tables are counted. The figures are shares, of dependence nats. "
                    "A sign is a reason to look closer, not a proof of who did it.",
                    "Lignes infondées ou altérées qui diffèrent à la fois du registre et des "
                    "lignes du même tableau qu'il confirme, plus que le hasard ne l'explique "
                    "compte tenu de tous les tests et tableaux. Les chiffres sont des parts ; pour "
                    "la dépendance, des nats. Un signe invite à regarder de plus près, il ne "
                    "prouve pas qui l'a fait.",
                    "أسطر لا أساس لها أو محرفة تختلف عن السجل المرجعي وعن أسطر الجدول نفسه التي "
                    "يؤكدها، أكثر مما تفسره الصدفة بعد حساب كل الاختبارات والجداول. الأرقام نسب، "
                    "وللترابط وحدات معلومات (nat). الدلالة سبب للتدقيق وليست دليلا على الفاعل.",
                },
            [PHRASE_SIGNS_NONE] =
                {
                    "The unfounded and altered rows were tested, and no test found a sign that "
                    "they were made up. That is no proof that they were not.",
                    "Les lignes infondées ou altérées ont été examinées, et aucun test n'a trouvé "
                    "de signe de fabrication. Cela ne prouve pas qu'il n'y en a pas eu.",
                    "فحصت الأسطر التي لا أساس لها والمحرفة ولم يجد أي اختبار دلالة على اختلاقها. "
                    "وليس ذلك دليلا على أنها لم تختلق.",
                },
            [PHRASE_BORNE_OUT] =
                {
                    "In confirmed rows",
                    "Dans les lignes confirmées",
                    "في الأسطر المؤكدة",
                },
            [PHRASE_EFFECT_OF] =
                {
                    "Effect",
                    "Effet",
                    "الأثر",
                },
            [PHRASE_CHANCE_OF] =
                {
                    "p, corrected",
                    "p corrigé",
                    "p المصحح",
                },
            [PHRASE_MOSAIC] =
                {
                    "What was it put together from?",
                    "De quoi a-t-il été composé ?",
                    "مم تم تركيبه؟",
                },
            [PHRASE_MOSAIC_LEAD] =
                {
                    "The smallest set of the register's tables whose join explains the columns of "
                    "each published table, and the columns that none explains. The shares are of "
                    "its subjects, and of all in the register, that the table held at its moment. "
                    "This leads to a query or an export; it does not say who made it.",
                    "Le plus petit ensemble de tables du registre dont la jointure explique les "
                    "colonnes de chaque tableau publié, et les colonnes qu'aucune n'explique. Les "
                    "parts sont celles de ses sujets, et de tout le registre, que la table "
                    "contenait à ce moment. C'est une piste vers une requête ou un export ; cela "
                    "ne dit pas qui l'a fait.",
                    "أصغر مجموعة من جداول السجل المرجعي يفسر ربطها أعمدة كل جدول منشور، والأعمدة "
                    "التي لا يفسرها أي جدول. النسب هي نسب أصحاب الجدول المنشور ونسب كل السجل الذين "
                    "كانوا في الجدول حينها. هذا يدل على استعلام أو تصدير ولا يدل على الفاعل.",
                },
            [PHRASE_SOURCE] =
                {
                    "Table of the register",
                    "Table du registre",
                    "جدول السجل المرجعي",
                },
            [PHRASE_JOIN] =
                {
                    "Joined by",
                    "Jointe par",
                    "الربط",
                },
            [PHRASE_UNEXPLAINED] =
                {
                    "explained by none",
                    "expliquée par aucune",
                    "لا يفسره أي جدول",
                },
            [PHRASE_COVERED] =
                {
                    "Whom does it cover?",
                    "Qui couvre-t-il ?",
                    "من يشمل؟",
                },
            [PHRASE_COVERED_LEAD] =
                {
                    "Groups that a table shows far more or less of than the register, by more than "
                    "chance explains once all groups, fields and tables are counted. Leads: they "
                    "tell where to look, and attribute nothing. Values of persons are masked.",
                    "Groupes bien plus ou bien moins présents dans un tableau que dans le "
                    "registre, plus que le hasard ne l'explique compte tenu de tous les groupes, "
                    "champs et tableaux. Des pistes : elles disent où chercher et n'attribuent "
                    "rien. Les valeurs des personnes sont masquées.",
                    "فئات حضورها في جدول أكثر أو أقل بكثير من حضورها في السجل المرجعي، بما لا "
                    "تفسره الصدفة بعد حساب كل الفئات والحقول والجداول. هي خيوط تدل على موضع البحث "
                    "ولا تنسب شيئا إلى أحد. قيم الأشخاص محجوبة.",
                },
            [PHRASE_COVERED_NONE] =
                {
                    "No table covers any group far more or less than the register does.",
                    "Aucun tableau ne couvre un groupe bien plus ou bien moins que le registre.",
                    "لا يشمل أي جدول فئة أكثر أو أقل بكثير مما في السجل المرجعي.",
                },
            [PHRASE_VALUE] =
                {
                    "Value",
                    "Valeur",
                    "القيمة",
                },
            [PHRASE_FORM] =
                {
                    "How is it written?",
                    "Comment est-il écrit ?",
                    "كيف كتب؟",
                },
            [PHRASE_FORM_LEAD] =
                {
                    "The form of values, with the columns that have it: a lead to the program that "
                    "exported the table. Compare with what your own exports look like.",
                    "La forme des valeurs, avec les colonnes qui l'ont : une piste vers le "
                    "programme qui a exporté le tableau. À comparer à vos propres exports.",
                    "شكل القيم مع الأعمدة التي لها ذلك الشكل: خيط يدل على البرنامج الذي صدر "
                    "الجدول. "
                    "قارنه بما تصدره أنظمتكم.",
                },
            [PHRASE_DOCUMENTS] =
                {
                    "Were documents edited?",
                    "Des documents ont-ils été modifiés ?",
                    "هل عدلت وثائق؟",
                },
            [PHRASE_DOCUMENTS_LEAD] =
                {
                    "What the bytes of PDF documents say of how they were made: older versions "
                    "kept in the file, text over text, programs, fonts and clocks beside those of "
                    "the other documents of one template. A sign is a reason to look closer. "
                    "Documents without any sign are not proven: who saves one anew leaves none.",
                    "Ce que les octets des documents PDF disent de leur fabrication : versions "
                    "antérieures gardées dans le fichier, texte sur texte, logiciels, polices et "
                    "horloges comparés aux autres documents du même modèle. Un signe invite à "
                    "regarder de plus près. Les documents sans signe ne sont pas prouvés pour "
                    "autant : un réenregistrement efface les traces.",
                    "ما تقوله بايتات وثائق PDF عن طريقة صنعها: نسخ سابقة محفوظة في الملف، ونص فوق "
                    "نص، وبرامج وخطوط وتوقيتات مقارنة بوثائق النموذج نفسه. العلامة سبب للتدقيق. "
                    "والوثائق التي لا علامة فيها ليست مثبتة: فإعادة الحفظ تمحو الآثار.",
                },
            [PHRASE_DOCUMENTS_NONE] =
                {
                    "No sign of editing was found in %s PDF documents. That is no proof that none "
                    "was edited: who saves a document anew leaves no trace.",
                    "Aucun signe de modification n'a été trouvé dans %s documents PDF. Cela ne "
                    "prouve pas qu'aucun n'a été modifié : un réenregistrement efface les traces.",
                    "لم توجد علامة تعديل في %s من وثائق PDF. وليس ذلك دليلا على أنها لم تعدل: "
                    "فإعادة الحفظ تمحو الآثار.",
                },
            [PHRASE_DOCUMENTS_COUNT] =
                {
                    "%s of %s PDF documents have a sign of medium weight at least.",
                    "%s documents PDF sur %s portent un signe de poids moyen au moins.",
                    "%s من %s من وثائق PDF فيها علامة متوسطة الوزن على الأقل.",
                },
            [PHRASE_CLUSTERS] =
                {
                    "How the documents were made",
                    "Comment les documents ont été produits",
                    "كيف صنعت الوثائق",
                },
            [PHRASE_CLUSTERS_LEAD] =
                {
                    "Documents of one template, grouped by program, paper and fonts. A small "
                    "group with many doubtful records is a batch that somebody made.",
                    "Documents d'un même modèle, groupés par logiciel, format et polices. Un petit "
                    "groupe riche en enregistrements douteux est un lot que quelqu'un a fabriqué.",
                    "وثائق نموذج واحد مجمعة حسب البرنامج وقياس الورق والخطوط. المجموعة الصغيرة ذات "
                    "السجلات المشكوك فيها الكثيرة دفعة صنعها شخص ما.",
                },
            [PHRASE_DOCUMENT_COUNT] = {"Documents", "Documents", "الوثائق"},
            [PHRASE_PROGRAM] = {"Program", "Logiciel", "البرنامج"},
            [PHRASE_CREATOR] = {"Written with", "Rédigé avec", "كتب ببرنامج"},
            [PHRASE_FONTS] = {"Fonts", "Polices", "الخطوط"},
            [PHRASE_DOUBTFUL] = {"Doubtful", "Douteux", "مشكوك فيها"},
            [PHRASE_WITH_SIGNS] = {"With signs", "Avec signes", "ذات علامات"},
            [PHRASE_WEIGHT] = {"Weight", "Poids", "الوزن"},
            [PHRASE_PAGE] = {"Page", "Page", "الصفحة"},
            [PHRASE_BEFORE] = {"Before", "Avant", "قبل"},
            [PHRASE_AFTER] = {"After", "Après", "بعد"},
            [PHRASE_DETAIL] = {"Detail", "Détail", "تفصيل"},
            [PHRASE_SAY_TRUE] =
                {
                    "%s of %s published records are authentic, or were at an earlier time.",
                    "%s des %s enregistrements publiés sont authentiques, ou l'ont été "
                    "auparavant.",
                    "%s من %s سجلا منشورا صحيحة أو كانت صحيحة "
                    "من قبل.",
                },
            [PHRASE_SAY_PARTLY] =
                {
                    "%s are incomplete: what they show agrees with the register, the rest "
                    "is missing or cut.",
                    "%s sont incomplets : ce qu'ils montrent concorde avec le registre, le "
                    "reste manque ou est tronqué.",
                    "%s ناقصة: ما تظهره يتفق مع السجل المرجعي "
                    "والباقي مفقود أو مبتور.",
                },
            [PHRASE_SAY_FALSE] =
                {
                    "%s are altered, misattributed or unfounded: they must not be held "
                    "against the persons they name.",
                    "%s sont altérés, mal attribués ou sans fondement : ils ne doivent "
                    "pas être opposés aux personnes qu'ils nomment.",
                    "%s محرفة أو منسوبة إلى غير أصحابها أو "
                    "بلا أساس: لا يجوز الاحتجاج بها على من "
                    "تذكرهم.",
                },
            [PHRASE_SAY_UNKNOWN] =
                {
                    "%s cannot be verified: nothing may be said of them.",
                    "%s sont invérifiables : on ne peut rien en dire.",
                    "%s غير قابلة للتحقق: لا يجوز قول شيء "
                    "عنها.",
                },
            [PHRASE_SAY_NEVER] =
                {
                    "The findings do not tell who took or published the data.",
                    "Les constats ne disent pas qui a pris ou publié les données.",
                    "لا تدل النتائج على من أخذ البيانات أو "
                    "نشرها.",
                },
};

const char *phrase(enum language language, enum phrase which)
{
    return phrases[which][language];
}
