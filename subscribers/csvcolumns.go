package subscribers

import (
	"strings"
	"unicode"
)

// Column is what a column of a file is taken for.
type Column string

// The columns, and the names by which a header is recognised: without regard to
// case, spaces, hyphens, underscores and other signs.
const (
	ColumnDropped   Column = ""           // anything else
	ColumnAddress   Column = "address"    // email, e-mail address, mail, ...; address where there is no such other
	ColumnName      Column = "name"       // name, full name, display name, ...
	ColumnFirstName Column = "first name" // first name, given name, ...: used where there is no name
	ColumnLastName  Column = "last name"  // last name, surname, family name, ...: used with the first name
	ColumnLanguage  Column = "language"   // language, lang, locale, ...
	ColumnVariant   Column = "variant"    // variant, format
	ColumnNoAppeal  Column = "no appeal"  // no appeal until
	ColumnPaused    Column = "paused"     // paused until

	// The columns that tell a Standing; a file may have several of each.
	ColumnStatus    Column = "status"     // status: a word of statusWords
	ColumnWanted    Column = "subscribed" // subscribed, subscribed_to_emails: false has left
	ColumnRefused   Column = "refused"    // email_disabled, unsubscribed: true has left
	ColumnLeftAt    Column = "left"       // UNSUB_TIME, deleted_at: who has one has left
	ColumnCleanedAt Column = "cleaned"    // CLEAN_TIME: whose mail came back
)

// tells are the columns of which a file may have several.
func (c Column) tells() bool {
	switch c {
	case ColumnStatus, ColumnWanted, ColumnRefused, ColumnLeftAt, ColumnCleanedAt:
		return true
	}
	return false
}

// columnWords are the recognised names as foldHeader leaves them, in the languages
// of the programs that lists come from.
var columnWords = map[string]Column{
	"email": ColumnAddress, "emailaddress": ColumnAddress, "mail": ColumnAddress, "mailaddress": ColumnAddress,
	"subscriberemail": ColumnAddress, "useremail": ColumnAddress, "emailadresse": ColumnAddress,
	"mailadresse": ColumnAddress, "courriel": ColumnAddress, "adresseemail": ColumnAddress, "adressemail": ColumnAddress,
	"adresseélectronique": ColumnAddress, "correo": ColumnAddress, "correoelectrónico": ColumnAddress,
	"correoelectronico": ColumnAddress, "emailадрес": ColumnAddress, "электроннаяпочта": ColumnAddress, "почта": ColumnAddress,

	"name": ColumnName, "fullname": ColumnName, "displayname": ColumnName, "nom": ColumnName, "nombre": ColumnName, "имя": ColumnName,
	"firstname": ColumnFirstName, "givenname": ColumnFirstName, "forename": ColumnFirstName, "vorname": ColumnFirstName,
	"prénom": ColumnFirstName, "prenom": ColumnFirstName, "fname": ColumnFirstName,
	"lastname": ColumnLastName, "surname": ColumnLastName, "familyname": ColumnLastName, "nachname": ColumnLastName,
	"lname": ColumnLastName, "фамилия": ColumnLastName,

	"language": ColumnLanguage, "lang": ColumnLanguage, "locale": ColumnLanguage, "sprache": ColumnLanguage,
	"langue": ColumnLanguage, "idioma": ColumnLanguage, "язык": ColumnLanguage,
	"variant": ColumnVariant, "format": ColumnVariant, "emailtype": ColumnVariant,
	"noappealuntil": ColumnNoAppeal, "pauseduntil": ColumnPaused,

	"status": ColumnStatus, "subscriptionstatus": ColumnStatus, "subscriberstatus": ColumnStatus,
	"subscribed": ColumnWanted, "subscribedtoemails": ColumnWanted,
	"emaildisabled": ColumnRefused, "unsubscribed": ColumnRefused, "optout": ColumnRefused, "optedout": ColumnRefused,
	"unsubtime": ColumnLeftAt, "unsubscribedat": ColumnLeftAt, "deletedat": ColumnLeftAt,
	"cleantime": ColumnCleanedAt, "bouncedat": ColumnCleanedAt,
}

// weakAddress are names of the column of addresses only where no other is: beside
// one named email, they are where people live.
var weakAddress = map[string]bool{"address": true, "adresse": true, "dirección": true, "адрес": true}

// findColumns reads a header. Each column but the dropped stands for one thing, the
// first of its kind. The address is -1 where no column holds addresses.
func findColumns(cells []string) (columns []Column, address int) {
	columns, address = make([]Column, len(cells)), -1
	seen := map[Column]bool{}
	weak := -1
	for i, cell := range cells {
		name := foldHeader(cell)
		if weak < 0 && weakAddress[name] {
			weak = i
		}
		column := columnWords[name]
		if column == ColumnDropped || seen[column] && !column.tells() {
			continue
		}
		seen[column] = true
		columns[i] = column
		if column == ColumnAddress {
			address = i
		}
	}
	if address < 0 && weak >= 0 {
		columns[weak], address = ColumnAddress, weak
	}
	return columns, address
}

// foldHeader keeps the letters and digits of a header's cell, in lower case.
func foldHeader(cell string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, cell)
}

// commas are the separators, the likeliest first.
const commas = ",;\t"

// findComma tells the separator by the first line: the one under which most
// columns are recognised, then the one that comes most.
func findComma(text string) byte {
	best, bestKnown, bestCount := commas[0], -1, -1
	for _, comma := range []byte(commas) {
		p := csvReader{comma: comma}
		p.split(text)
		columns, _ := findColumns(p.cells)
		known := 0
		for _, c := range columns {
			if c != ColumnDropped {
				known++
			}
		}
		if known > bestKnown || known == bestKnown && len(p.cells) > bestCount {
			best, bestKnown, bestCount = comma, known, len(p.cells)
		}
	}
	return best
}
