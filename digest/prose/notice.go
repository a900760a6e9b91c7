package prose

import (
	"strings"
	"unicode"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// longestNotice is the length, in bytes, from which on a paragraph is the story's own.
const longestNotice = 700

// Notices: paragraphs that stand among those of a story and tell nothing of it. Each is
// looked for only behind one of the words that it begins with, in lower case.
var notices = []struct {
	begins  []string
	pattern *lazyregexp.Regexp // of the whole
}{
	{ // a byline: who wrote it, and no sentence
		strings.Fields("by von par por di door av af text: texto: автор автор: авторы: автора: текст: реклама tekst: autor: words: reporting"),
		lazyregexp.New(`^\S+(?:\s(?:[\p{Lu}\p{Lt}\p{Lo}][^\s.!?]*|(?:\p{Lu}\.)+|and|und|et|y|e|en|och|og|i|и|von|van|de|del|da|di|der|in|on|at|from|for|of|the|für|our|[|•·,–—-])){1,16}(?:,\s\p{Ll}[^.!?]{0,80}|\.)?$`),
	},
	{ // a date: when it came out or was changed
		strings.Fields("published updated last posted first modified veröffentlicht aktualisiert stand: publié mis modifié publicado actualizado publicada pubblicato aggiornato gepubliceerd bijgewerkt опубликовано обновлено дата опубликована publicerad uppdaterad opublikowano aktualizacja"),
		lazyregexp.New(`^[^.!?]{0,60}\d[^!?]{0,100}$`),
	},
	{ // a caption or a credit
		strings.Fields("photo: photo photograph: photography: picture: image: image credit: credit: illustration: foto: bild: bildquelle: photo© crédit crédits imagen: immagine: afbeelding: фото: фото иллюстрация: снимок: zdjęcie: fot. archivfoto: symbolbild: video: watch:"),
		lazyregexp.New(`^\S{2,20}(?:\s\S{1,20})?\s?[:©/|][^!?]{0,160}$|^fot\.`),
	},
	{ // cookies
		strings.Fields("we this our by diese wir nous ce este esta utilizamos usamos nosotros questo utilizziamo wij deze мы наш этот продолжая używamy ta denna vi"),
		lazyregexp.New(`(?i)cookies?.{0,300}(?:website|site|consent|accept|policy|experience|browser|webseite|zustimm|erlebnis|navig|sitio|sito|polic|сайт|политик)|(?:website|\bsite\b|webseite|sitio|sito|сайт|uses?|verwende\S*|utilis\S*|utiliz\S*|usamos|gebruik\S*|использу\S*).{0,60}cookies?`),
	},
	{ // what a reader may do with it
		strings.Fields("share sharing listen subscribe sign support follow join copy print save log register download get become have donate teilen anhören abonnieren folgen unterstützen jetzt newsletter partager écouter abonnez-vous suivez s'abonner inscrivez-vous compartir compartir: escuchar suscríbete suscríbase síguenos condividi ascolta iscriviti seguici abbonati delen luister volg поделиться подпишитесь подписывайтесь слушать читайте поддержите следите udostępnij słuchaj dela lyssna prenumerera"),
		lazyregexp.New(`(?i)^share(?:\s+(?:this|on|via|it|the (?:article|story|page))\b.{0,80})?$|^(?:listen|watch) (?:to|now|here)\b.{0,100}$|^(?:subscribe|sign up|register|log in|join|follow|support|donate)\b.{0,200}\b(?:newsletter|inbox|e-?mails?|account|telegram|whatsapp|twitter|facebook|instagram|channel|us|member|journalism|today|free|now)\b.{0,80}$|` +
			`^(?:get|have) .{0,120}\b(?:inbox|newsletter)\b.{0,80}$|^(?:copy|print|save|download)\b.{0,30}$|^become a\b.{0,100}$|` +
			`^(?:teilen|anhören|abonnieren|folgen|unterstützen|jetzt|newsletter)\b.{0,60}(?:newsletter|abo|kanal|facebook|telegram|whatsapp|twitter|artikel|uns)\b.{0,80}$|` +
			`^(?:partager|écouter|suivez|abonnez-vous|inscrivez-vous|s['’]abonner)\b.{0,160}$|^(?:compartir|escuchar|suscr\S+|síguenos)\b.{0,160}$|^(?:condividi|ascolta|iscriviti|seguici|abbonati)\b.{0,160}$|` +
			`^(?:delen|luister|volg)\b.{0,80}$|^(?:поделиться|подпишитесь|подписывайтесь|следите|поддержите)(?:\s.{0,200})?$|^слушать(?:\s(?:статью|подкаст|аудио|материал).{0,60})?$|^(?:udostępnij|słuchaj|dela|lyssna|prenumerera)(?:\s.{0,120})?$`),
	},
	{ // rights
		strings.Fields("© copyright (c) all alle tous todos все"),
		lazyregexp.New(`(?i)^(?:©|\(c\)|copyright).{0,200}$|^(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|все права защищены).{0,120}$`),
	},
}

var (
	readTime    = lazyregexp.New(`(?i)^(?:reading time:?\s*|lesezeit:?\s*|temps de lecture\s*:?\s*|время чтения:?\s*)?\d{1,3}\s*(?:min\b|minutes?\b|minuten\b|мин)[^.!?]{0,40}$`)
	clockOrYear = lazyregexp.New(`\b(?:(?:19|20)\d\d|\d{1,2}[:.]\d\d)\b`)
	dateLine    = lazyregexp.New(`^[\p{L}\d\s.,:/|•·–—+-]{1,90}$`)
)

// isNotice tells of a paragraph that is none of the story's: a byline, a date, a caption,
// a line about sharing, cookies or rights.
func isNotice(text string) bool {
	if len(text) > longestNotice {
		return false
	}
	first, _, _ := strings.Cut(text, " ")
	first = strings.ToLower(first)
	for _, n := range notices {
		for _, begin := range n.begins {
			if first == begin || len(first) > len(begin) && strings.HasPrefix(first, begin) && strings.ContainsAny(begin[len(begin)-1:], ":©") {
				if n.pattern.MatchString(text) {
					return true
				}
				break
			}
		}
	}
	return strings.ContainsAny(text, "0123456789") && (readTime.MatchString(text) || isDate(text))
}

// isDate tells of a paragraph of nothing but a date and a time: more figures than words.
func isDate(text string) bool {
	if len(text) > 120 || !clockOrYear.MatchString(text) || !dateLine.MatchString(text) {
		return false
	}
	words, figures := 0, 0
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			figures++
		} else {
			words++
		}
	}
	return figures >= 2 && words <= figures
}
