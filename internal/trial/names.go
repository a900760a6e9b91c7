package trial

import (
	"context"
	"encoding/binary"
	"io"
	"net"

	"golang.org/x/net/dns/dnsmessage"
)

// NoNames has this process know no name but those of its machine: tests ask for names that
// nobody has, and a DNS that does not answer, as behind a firewall, takes 5 seconds for
// each.
func NoNames() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asking, answering := net.Pipe()
		go func() {
			defer answering.Close()
			for knowsNone(answering) == nil {
			}
		}()
		return asking, nil
	}}
}

// knowsNone answers one question as over TCP (RFC 1035 4.2.2): there is no such name.
func knowsNone(c io.ReadWriter) error {
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return err
	}
	question := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, question); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return err
	}
	m.Response, m.RCode, m.Additionals = true, dnsmessage.RCodeNameError, nil
	answer, err := m.AppendPack(make([]byte, 2, 512))
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(answer, uint16(len(answer)-2))
	_, err = c.Write(answer)
	return err
}
