package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A proof of one entry as c2sp.org/tlog-proof has it, read from the specification: a header, optional data, the index, the hashes, an empty
// line, and a checkpoint that the log has signed and witnesses have cosigned.
func checkProofFile(text string, logKey string, witnessKeys []string) {
	head, checkpoint, found := strings.Cut(text, "\n\n")
	if !found {
		check(errors.New("no empty line"))
	}
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		check(errors.New("another format"))
	}
	lines = lines[1:]
	var extra []byte
	if encoded, is := strings.CutPrefix(lines[0], "extra "); is {
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		check(err)
		extra = decoded
		lines = lines[1:]
	}
	number, is := strings.CutPrefix(lines[0], "index ")
	if !is {
		check(errors.New("no index"))
	}
	index, err := strconv.ParseInt(number, 10, 64)
	check(err)

	verifier, err := note.NewVerifier(logKey)
	check(err)
	verifiers := []note.Verifier{verifier}
	for _, key := range witnessKeys {
		verifiers = append(verifiers, newWitness(key))
	}
	opened, err := note.Open([]byte(checkpoint), note.VerifierList(verifiers...))
	check(err)
	if len(opened.Sigs) != len(verifiers) || len(opened.UnverifiedSigs) != 0 {
		check(fmt.Errorf("%d of %d signatures", len(opened.Sigs), len(verifiers)))
	}
	body := strings.Split(opened.Text, "\n")
	if body[0] != verifier.Name() {
		check(errors.New("another log"))
	}
	size, err := strconv.ParseInt(body[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(body[2])
	check(err)

	// What is proved is the leaf; which leaf it is, the optional data say.
	var said struct {
		Opening struct {
			Commitment string `json:"commitment"`
		} `json:"opening"`
	}
	check(json.Unmarshal(extra, &said))
	commitment, err := base64.StdEncoding.DecodeString(said.Opening.Commitment)
	check(err)
	check(tlog.CheckRecord(hashes(lines[1:]), size, root, index, tlog.RecordHash(commitment)))
	fmt.Println("accepted", index, size)
}

// witness verifies Ed25519 cosignatures (c2sp.org/tlog-cosignature, type 0x04), which the library does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(text string) note.Verifier {
	name, rest, _ := strings.Cut(text, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	material, err := base64.StdEncoding.DecodeString(encoded)
	check(err)
	if len(material) != 33 || material[0] != 0x04 {
		check(errors.New("no Ed25519 witness key"))
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), material...))
	if hex.EncodeToString(sum[:4]) != id {
		check(errors.New("a key id that is not of its key"))
	}
	return witness{name, binary.BigEndian.Uint32(sum[:4]), ed25519.PublicKey(material[1:])}
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature[:8])
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
	return ed25519.Verify(w.key, []byte(message), signature[8:])
}
