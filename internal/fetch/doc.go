// Package fetch is the only HTTP client of the house. Addresses come from the
// configuration, but also from feeds and redirects that others write, so it trusts
// none of them.
//
// One request's way, from top to bottom:
//
//   - an address is read strictly ([Client.Get]): http or https, a host that is a name or
//     a plain IP address, no port of another service;
//   - it waits for one of the two places that its host has; another host never waits for
//     it, and the wait costs it nothing of its time;
//   - the request is conditional where an earlier answer from that very address gave an
//     ETag or a date (RFC 9110 13.1), and asks for gzip or br (RFC 7932);
//   - the dial is guarded: once the name is resolved, an address that is private,
//     loopback, link-local, multicast or otherwise not of the public Internet is
//     refused, unless the configuration names the host. The check sits on the
//     socket, so a redirect or a name that changes its address meets it too;
//   - at most five redirects are followed, each as a new request without cookies or
//     referrer, and with a login only within its origin; where all were permanent, and
//     none gave up encryption, the new address is reported (RFC 9110 15.4);
//   - the body is unpacked as it is, whatever the server says of it, and read up to a
//     limit that counts unpacked bytes; of one that breaks off, what came is given;
//   - what goes wrong is an [Error]: a kind for programs, words for an editor, and
//     nothing of an address that may be a secret.
//
// Each step has its own timeout: name and connection, TLS, the first byte, a pause
// in the body; and there is one for all of them together. No proxy is used, none
// from the environment either: behind one the guard would see nothing.
//
//	fetch.go    Client: Get, from hop to hop
//	address.go  what is an address, where a redirect leads, what of it is shown
//	hop.go      one request and its answer
//	guard.go    which addresses are dialled; ports.go which ports
//	places.go   two requests at a time to a host
//	caching.go  validators, and how long an answer stays good
//	unpack.go   gzip, br, and servers that say one thing and do another
//	stage.go    how far a request had come; errors.go what went wrong
package fetch
