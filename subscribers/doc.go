// Package subscribers knows who reads: their addresses, their yes, their keys.
// It decides and seals; it stores nothing. Its one source from outside is
// crypto/rand.
//
// A reader's way through it, from top to bottom:
//
//   - [ParseAddress] checks what was typed (RFC 5321, RFC 5890 for the domain)
//     and makes of it an [Address]: as typed, for sending, and normal, for
//     comparing. [ReadFile] does so for a list, row by row, whatever program it
//     comes from, and says of each reader their [Standing] there;
//   - [NewID] gives the reader a random [ID], the only name that leaves the house;
//   - [Keyring.Index] is what the address is found by, and [Keyring.Seal] is how
//     it is stored: bound to its [Place], so that a value moved to another row
//     does not open;
//   - [Move] says what a sign-up, a confirmation, an import or a goodbye makes of
//     the [State] of a subscription, and the store is held to it; a [Path] is how a
//     yes came, a [Reason] why an address is never to be mailed;
//   - [Keyring.Token] makes the links in a reader's mail, each for one [Purpose].
//
// # Keys
//
//	master (32 bytes, key file)
//	  |--HKDF-SHA256--> key-encryption key --wraps--> data keys --seal--> addresses, names
//	  |--HKDF-SHA256--> index key, message-id key
//	  |--HKDF-SHA256--> token key  ---------.
//	  '--HKDF-SHA256--> X25519 seed -> public key --> the web key
//
// A [WebKey] is what a readers' node needs: it makes and checks tokens and seals
// sign-ups into the inbox, and opens no address. A [Keyring] that is locked holds
// it alone: everything else answers [ErrLocked].
//
// # States of a subscription
//
//	(none) --signed up--> pending --confirmed--> confirmed --left--> unsubscribed
//	(none) --imported, added--> confirmed                               |
//	pending --imported, added--> confirmed                              |
//	pending <--signed up------------------------------------------------'
//	unsubscribed --imported--> unsubscribed (an import never brings back who has left)
//	unsubscribed --added--> confirmed (an operator does so, for one reader, by name)
//
// # What may be logged
//
// IDs, numbers, states and counts. [Address], [Master] and [WebKey] print as a
// word in brackets; the errors of this package never repeat an address or a cell
// of a file.
package subscribers
