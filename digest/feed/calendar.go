package feed

import "strings"

// filler are words between the parts of a date.
var filler = folded(`at of on the de del um uhr den a à las alle ore om kl kl. klo в г. года o' do às - | · • le la el il o dia dnia dne
	ve saat h hrs години о об році р r. r g. στις η ώρα i am`)

// weekdays, long and short, in the languages of the months.
var weekdays = folded(`mon tue tues wed weds thu thur thurs fri sat sun
	monday tuesday wednesday thursday friday saturday sunday
	montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
	lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
	lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
	lunedì martedì mercoledì giovedì venerdì sabato domenica gio
	segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta feira seg ter qua qui sex
	maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
	понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
	понеділок вівторок середа четвер п'ятниця субота неділя нд
	poniedziałek wtorek środa czwartek piątek sobota niedziela pon wt śr czw pt sob niedz pn ndz
	pondělí úterý středa čtvrtek pátek neděle po út st čt pá ne
	måndag tisdag onsdag torsdag fredag lördag söndag mån tis ons tors fre lör sön
	mandag tirsdag lørdag søndag man tir tor lør søn
	pazartesi salı çarşamba perşembe cuma cumartesi pazar pzt sal çar per cum cmt paz
	δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή δευ τρί τετ πέμ παρ σάβ κυρ
	hétfő kedd szerda csütörtök péntek szombat vasárnap
	الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد يوم
	יום ראשון שני שלישי רביעי חמישי שישי שבת`)

func isWeekday(word string) bool { return weekdays[word] }

func folded(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[fold(w)] = true
	}
	return set
}

// twoWords are months of two words, in Arabic of the Levant.
var twoWords = strings.NewReplacer("كانون الثاني", "يناير", "كانون الأول", "ديسمبر", "تشرين الأول", "أكتوبر", "تشرين الثاني", "نوفمبر")

// months are their names by the languages' own words, January first; a dash stands
// for a form that another line has.
var months = monthNames(
	"january february march april may june july august september october november december",
	"jan feb mar apr may jun jul aug sep oct nov dec", "- - - - - - - - sept - - -",
	"januar februar märz april mai juni juli august september oktober november dezember",
	"jän - mär - - - - - - okt - dez", "jänner feber mrz - - - - - - - - -", "- - maerz - - - - - - - - -",
	"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
	"janv févr - avr - - juil - - - - déc", "- fév - - - - - - - - - -",
	"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
	"ene - - abr - - - ago - - - dic", "- - - - - - - - setiembre - - -",
	"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	"gen - - - mag giu lug - set ott - -", "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
	"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
	"- fev - - - - - - - out - -",
	"ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
	"januari februari maart april mei juni juli augustus september oktober november december",
	"- - mrt - - - - - - - - -", "- - maret - - - - agustus - - - desember", "- - - - - - - agt - - - des",
	"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
	"январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
	"янв фев мар апр - июн июл авг сен окт ноя дек", "- февр - - - - - - сент - нояб -",
	"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
	"січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
	"січ лют бер квіт трав черв лип серп вер жовт лист груд",
	"януари февруари март април май юни юли август септември октомври ноември декември",
	"јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
	"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października - grudnia",
	"styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik - grudzień",
	"sty lut - kwi - cze - sie wrz paź - gru",
	"ledna února března dubna května června července srpna září října listopadu prosince",
	"leden únor březen duben květen červen červenec srpen - říjen - prosinec", "led úno bře dub kvě čvn čvc - - říj - pro",
	"január február marec apríl máj jún júl august september október november december",
	"januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
	"január február március április május június július augusztus szeptember október november december",
	"- - márc ápr máj jún júl - szept okt - -",
	"januari februari mars april maj juni juli augusti september oktober november december",
	"januar februar marts april maj juni juli august september oktober november desember",
	"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
	"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
	"oca şub - nis - haz tem ağu eyl eki kas ara",
	"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
	"ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος νοέμβριος δεκέμβριος",
	"ιαν φεβ μαρ απρ μαϊ ιουν ιουλ αυγ σεπ οκτ νοε δεκ", "- - μάώ - - - - - - - νοεμ -",
	"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
	"- شباط آذار نيسان أيار حزيران تموز آب أيلول - - -", "جانفي فيفري - أفريل ماي جوان جويلية أوت - - - -", "- - - - - يونيه يوليه - - - - -",
	"ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
	"בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר",
	"जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
)

// Words that are one month to Poles and Czechs and another to Croats: the feed's
// language tells which, or nobody knows.
var (
	western = monthNames("- - - - - - lip srp - - listopad -", "- - - - - - - - - - listopada -", "- - - - - - - - - - lis -")
	croat   = monthNames("siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
		"siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac",
		"sij velj ožu tra svi lip srp kol ruj lis stu pro", "- - - - - - - - - - studenog -")
)

// monthOf gives the number of a month by its name, 1 to 12; 0 or less: it is none.
func monthOf(word, lang string) int {
	switch base, _, _ := strings.Cut(lang, "-"); base {
	case "hr", "bs", "sr":
		if n := croat[word]; n > 0 {
			return n
		}
	case "pl", "cs", "sk":
		if n := western[word]; n > 0 {
			return n
		}
	}
	return months[word]
}

// monthNames builds the table. A word that would mean two months means none.
func monthNames(lines ...string) map[string]int {
	table := map[string]int{}
	for _, line := range lines {
		for i, word := range strings.Fields(line) {
			if word = fold(word); word == "-" {
				continue
			}
			if old, ok := table[word]; ok && old != i+1 {
				table[word] = -1
			} else {
				table[word] = i + 1
			}
		}
	}
	return table
}
