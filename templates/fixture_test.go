package templates

import (
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
)

// paragraph gives an article of n words, so that it has a reading time.
func paragraph(n int) string { return "<p>" + strings.Repeat("word ", n) + "</p>" }

// told are the words of an edition in one language; the shape is the same in all.
type told struct {
	lang, title, tagline, subject, preheader, intro string
	news, features, opinion                         string
	stories                                         [8][2]string // title, teaser
	authors                                         [2]string
	kicker, alt, caption, credit, correction, also  string
	address, appeal, appealText                     string
	amounts                                         [3]string
}

var languages = map[string]told{
	"en": {
		lang: "en", title: "The Harbour Observer", tagline: "News of the coast, every Friday since 1871",
		subject: "The night the lighthouse went dark", preheader: "Also: the ferry that nobody ordered, and a chess club on the quay",
		intro: "This week the **breakwater** held, and so did the budget, if only just. Our reporters spent four nights at the [harbour office](https://harbour-observer.example/office) to find out why.\n\nWrite to us; we read everything.",
		news:  "News", features: "Features", opinion: "Opinion",
		stories: [8][2]string{
			{"Lighthouse goes dark for the first time in ninety years", "At 2.14 on Tuesday morning the lamp at Gull Point stopped turning. The keeper had been warning about the bearings since spring, and nobody had read his letters."},
			{"Council votes to buy a ferry it has not seen", "The vessel lies in a Danish yard. Two councillors asked for a photograph and were told there was none."},
			{"Fish market to open on Sundays", "Traders are split; the gulls are not."},
			{"Storm costs the port three days and a crane", "Insurers put the damage at 1.4 million. The crane, built in 1962, will not be replaced."},
			{"School on the island keeps its only teacher", "Eleven pupils wrote eleven letters."},
			{"The chess club that meets between the tides", "Twice a day the quay floods. Twice a day they carry the boards upstairs, and nobody has ever lost a position."},
			{"A map of every boat that never came back", "Forty years of one archivist's evenings, on a single sheet."},
			{"We should stop calling it a once-in-a-century storm", "It was the third."},
		},
		authors: [2]string{"Maren Holt", "Idris Vane"}, kicker: "Gull Point",
		alt: "A lighthouse without light under a low sky", caption: "Gull Point on Tuesday morning.", credit: "Photo: Tova Lind",
		correction: "An earlier version gave the crane's year as 1926.", also: "The keeper's letters, in full",
		address: "The Harbour Observer\n4 Ropewalk, Port Ashby", appeal: "This paper is paid for by its readers",
		appealText: "If you read us every week, think of giving something every month.", amounts: [3]string{"5 €", "10 €", "60 €"},
	},
	"ru": {
		lang: "ru", title: "Портовый обозреватель", tagline: "Новости побережья каждую пятницу",
		subject: "Ночь, когда погас маяк", preheader: "А ещё: паром, которого никто не заказывал, и шахматный клуб на причале",
		intro: "На этой неделе **волнорез** выстоял, и бюджет тоже — хотя и едва. Наши репортёры провели четыре ночи в [управлении порта](https://harbour-observer.example/office).\n\nПишите нам: мы читаем всё.",
		news:  "Новости", features: "Репортажи", opinion: "Мнения",
		stories: [8][2]string{
			{"Маяк погас впервые за девяносто лет", "Во вторник в 2:14 ночи лампа на Чаячьем мысу перестала вращаться. Смотритель с весны предупреждал о подшипниках, но его писем никто не читал."},
			{"Совет решил купить паром, которого не видел", "Судно стоит на датской верфи. Два депутата попросили фотографию, и им ответили, что её нет."},
			{"Рыбный рынок откроется по воскресеньям", "Торговцы разделились; чайки — нет."},
			{"Шторм стоил порту трёх дней и одного крана", "Страховщики оценивают ущерб в 1,4 миллиона. Кран 1962 года заменять не будут."},
			{"Островная школа сохранит единственного учителя", "Одиннадцать учеников написали одиннадцать писем."},
			{"Шахматный клуб, который собирается между приливами", "Дважды в день причал заливает. Дважды в день доски уносят наверх, и ни одна партия ещё не пропала."},
			{"Карта всех лодок, которые не вернулись", "Сорок лет вечеров одного архивиста — на одном листе."},
			{"Хватит называть этот шторм штормом века", "Он был третьим."},
		},
		authors: [2]string{"Марина Холт", "Игорь Вейн"}, kicker: "Чаячий мыс",
		alt: "Погасший маяк под низким небом", caption: "Чаячий мыс во вторник утром.", credit: "Фото: Тося Линд",
		correction: "В первой версии год постройки крана был указан как 1926.", also: "Письма смотрителя целиком",
		address: "Портовый обозреватель\nКанатная улица, 4", appeal: "Эту газету оплачивают читатели",
		appealText: "Если вы читаете нас каждую неделю, подумайте о ежемесячной поддержке.", amounts: [3]string{"200 ₽", "500 ₽", "5000 ₽"},
	},
	"ar": {
		lang: "ar", title: "مرصد الميناء", tagline: "أخبار الساحل كل يوم جمعة",
		subject: "الليلة التي انطفأت فيها المنارة", preheader: "وأيضًا: عبّارة لم يطلبها أحد، ونادٍ للشطرنج على الرصيف",
		intro: "صمد **حاجز الأمواج** هذا الأسبوع، وصمدت الميزانية معه بصعوبة. أمضى مراسلونا أربع ليالٍ في [مكتب الميناء](https://harbour-observer.example/office) لمعرفة السبب.\n\nاكتبوا إلينا؛ نحن نقرأ كل شيء.",
		news:  "أخبار", features: "تقارير", opinion: "رأي",
		stories: [8][2]string{
			{"المنارة تنطفئ للمرة الأولى منذ تسعين عامًا", "في الثانية وأربع عشرة دقيقة من فجر الثلاثاء توقف المصباح عن الدوران. كان الحارس يحذر منذ الربيع، ولم يقرأ رسائله أحد."},
			{"المجلس يصوّت لشراء عبّارة لم يرها", "السفينة في حوض دنماركي. طلب عضوان صورة لها فقيل لهما إنه لا صورة."},
			{"سوق السمك يفتح أيام الأحد", "التجار منقسمون، أما النوارس فلا."},
			{"العاصفة تكلف الميناء ثلاثة أيام ورافعة", "تقدّر شركات التأمين الأضرار بمليون وأربعمئة ألف."},
			{"مدرسة الجزيرة تحتفظ بمعلمها الوحيد", "أحد عشر تلميذًا كتبوا إحدى عشرة رسالة."},
			{"نادي الشطرنج الذي يلتقي بين مدّين", "يغمر الماء الرصيف مرتين كل يوم، ومرتين كل يوم يحملون الرقع إلى الطابق العلوي."},
			{"خريطة لكل قارب لم يعد", "أربعون عامًا من أمسيات أمين أرشيف واحد في ورقة واحدة."},
			{"كفى تسميتها عاصفة القرن", "كانت الثالثة."},
		},
		authors: [2]string{"مارن هولت", "إدريس فاين"}, kicker: "رأس النورس",
		alt: "منارة مطفأة تحت سماء واطئة", caption: "رأس النورس صباح الثلاثاء.", credit: "تصوير: توفا ليند",
		correction: "ذكرت نسخة سابقة أن الرافعة بُنيت عام 1926.", also: "رسائل الحارس كاملة",
		address: "مرصد الميناء\n4 شارع الحبال", appeal: "هذه الصحيفة يموّلها قراؤها",
		appealText: "إن كنت تقرأنا كل أسبوع ففكّر في دعمنا كل شهر.", amounts: [3]string{"5 يورو", "10 يورو", "60 يورو"},
	},
}

// eight is an edition of eight stories: a lead, a pair, singles, one without a
// picture, one brief.
func eight(t told) digest.Revision {
	zone := time.FixedZone("UTC+1", 3600)
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, zone)
	item := func(i int, section string, img bool) digest.Item {
		slug := []string{"lighthouse", "ferry?ref=rss&page=2", "market", "storm", "school", "chess", "map", "century"}[i]
		s := digest.Story{
			ID: slug, URL: "https://harbour-observer.example/" + slug, Title: t.stories[i][0], Teaser: t.stories[i][1],
			Authors: t.authors[:1+i%2], Language: t.lang, Published: at.Add(-time.Duration(i*11) * time.Hour), HTML: paragraph(300 + 260*i),
		}
		if img {
			s.Image = &digest.Image{URL: "https://news.harbour-observer.example/media/" + slug[:4] + ".jpg", Alt: t.alt + strings.Repeat(".", i), Width: 1200, Height: 675}
		}
		return digest.Item{Story: s, Section: section}
	}
	lead := item(0, t.news, true)
	lead.Kicker = t.kicker
	lead.Story.Image.Caption, lead.Story.Image.Credit = t.caption, t.credit
	lead.Also = []digest.Link{{Title: t.also, URL: "https://harbour-observer.example/letters"}}
	storm, brief := item(3, t.news, false), item(7, t.opinion, false)
	storm.Story.Correction = t.correction
	paid := item(4, t.features, false)
	paid.Story.Teaser, paid.Story.HTML = "", ""
	return digest.Revision{
		Newsletter: "weekly", Title: t.title, Slot: "2026-11-27T09:00", At: at, Number: 1, Language: t.lang,
		Subject: t.subject, Preheader: t.preheader, Intro: t.intro, Lead: &lead,
		Blocks: []digest.Block{
			{Name: t.news, Items: []digest.Item{item(1, t.news, true), item(2, t.news, true), storm, paid}},
			{Name: t.features, Items: []digest.Item{item(5, t.features, true), item(6, t.features, false)}},
			{Name: t.opinion, Items: []digest.Item{brief}},
		},
		Corrections: []digest.Correction{{
			Story:   digest.Story{Title: t.also, URL: "https://harbour-observer.example/letters?utm_source=x", Language: t.lang},
			Edition: "weekly/2026-11-20T09:00", At: at.AddDate(0, 0, -7), Text: t.correction,
		}},
	}
}

func lookOf(t told) Look {
	return Look{
		Title: t.title, Tagline: t.tagline,
		Footer: Footer{Address: t.address, PrivacyURL: "https://harbour-observer.example/privacy", Contact: "desk@harbour-observer.example"},
		Support: &Appeal{
			Title: t.appeal, Text: t.appealText,
			Once:    []Amount{{Sum: t.amounts[2], URL: "https://pay.harbour-observer.example/once"}},
			Monthly: []Amount{{Sum: t.amounts[0], URL: "https://pay.harbour-observer.example/monthly/5"}, {Sum: t.amounts[1], URL: "https://pay.harbour-observer.example/monthly/10"}},
			Annual:  []Amount{{Sum: t.amounts[2], URL: "https://pay.harbour-observer.example/annual"}},
		},
	}
}

// linksOf are links as the freeze gives them, with merge markers.
func linksOf() Links {
	return Links{
		Web: "https://news.harbour-observer.example/weekly/2026-11-27", Home: "https://harbour-observer.example/",
		Unsubscribe: "https://news.harbour-observer.example/u/MergeUnsub7f3a", Preferences: "https://news.harbour-observer.example/p/MergePrefs7f3a",
		Appeal:   "https://news.harbour-observer.example/s/MergePrefs7f3a",
		Greeting: "MergeGreeting7f3a",
	}
}

func rendered(t *testing.T, lang string, v Variant) Rendered {
	t.Helper()
	r, err := Render(eight(languages[lang]), v, lookOf(languages[lang]), linksOf())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Render renders with the default theme.
func Render(rev digest.Revision, v Variant, look Look, links Links) (Rendered, error) {
	return Default().Render(rev, v, look, links)
}
