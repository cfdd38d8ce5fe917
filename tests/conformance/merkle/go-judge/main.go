// Judges a log with the code of the Go checksum database: golang.org/x/mod/sumdb/{note,tlog}. It checks the proofs it is
// given, and then reads the tiles itself, checks them against the signed root and makes the same proofs from them.
package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	LogKey        string   `json:"logKey"`
	Checkpoint    string   `json:"checkpoint"`
	Commitment    string   `json:"commitment"`
	LeafIndex     int64    `json:"leafIndex"`
	Hashes        []string `json:"hashes"`
	OldCheckpoint string   `json:"oldCheckpoint"`
	Consistency   []string `json:"consistency"`
	TileFolder    string   `json:"tileFolder"`
	// A proof as a file, instead of all the others but the key of the log.
	Proof       string   `json:"proof"`
	WitnessKeys []string `json:"witnessKeys"`
}

// tileFolder reads tiles at the paths of C2SP tlog-tiles; this library has the same tiles at paths of its own.
type tileFolder struct{ folder string }

func (tileFolder) Height() int { return 8 }

func (tileFolder) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tileFolder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil && tile.W < 256 {
			// The part that an older tree had is the beginning of the whole tile.
			whole := tile
			whole.W = 256
			data, err = os.ReadFile(filepath.Join(t.folder, strings.TrimPrefix(whole.Path(), "tile/8/")))
		}
		if err != nil {
			return nil, err
		}
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %s is too short", path)
		}
		all = append(all, data[:tile.W*tlog.HashSize])
	}
	return all, nil
}

func main() {
	var q question
	check(json.NewDecoder(os.Stdin).Decode(&q))
	if q.Proof != "" {
		checkProofFile(q.Proof, q.LogKey, q.WitnessKeys)
		return
	}
	verifier, err := note.NewVerifier(q.LogKey)
	check(err)
	size, root := open(q.Checkpoint, verifier)
	oldSize, oldRoot := open(q.OldCheckpoint, verifier)
	commitment, err := base64.StdEncoding.DecodeString(q.Commitment)
	check(err)
	check(tlog.CheckRecord(hashes(q.Hashes), size, root, q.LeafIndex, tlog.RecordHash(commitment)))
	check(tlog.CheckTree(tlog.TreeProof(hashes(q.Consistency)), size, root, oldSize, oldRoot))
	if q.TileFolder != "" {
		checkTiles(q, size, root, oldSize, commitment)
	}
	fmt.Println("accepted", oldSize, size)
}

func checkTiles(q question, size int64, root tlog.Hash, oldSize int64, commitment []byte) {
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tileFolder{q.TileFolder})
	// Every leaf: each read is authenticated against the signed root.
	for at := int64(0); at < size; at++ {
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, at)})
		check(err)
		if at == q.LeafIndex && leaf[0] != tlog.RecordHash(commitment) {
			check(errors.New("the leaf in the tile is another one"))
		}
	}
	record, err := tlog.ProveRecord(size, q.LeafIndex, reader)
	check(err)
	same(tlog.TreeProof(record), q.Hashes)
	tree, err := tlog.ProveTree(size, oldSize, reader)
	check(err)
	same(tree, q.Consistency)
}

func same(proof tlog.TreeProof, texts []string) {
	given := hashes(texts)
	if len(given) != len(proof) {
		check(fmt.Errorf("a proof of %d hashes, not %d", len(given), len(proof)))
	}
	for at := range proof {
		if proof[at] != given[at] {
			check(errors.New("another proof than the tiles give"))
		}
	}
}

func open(text string, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return size, root
}

func hashes(texts []string) tlog.RecordProof {
	var list tlog.RecordProof
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		check(err)
		list = append(list, hash)
	}
	return list
}

func check(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}
