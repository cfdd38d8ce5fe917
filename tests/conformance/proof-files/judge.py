"""Judges one proof file with the Python standard library and the openssl command alone.

Written from protocol/README.md and the RFCs, without a line of the project's own verifier. Reads {"anchor": {"keys": [...]},
"quorum": n, "file": "<text>"} on standard input; prints "accepted <links>" or "refused <why>".

Checks: canonical form of the text (sorted members, no white space), every trust chain up to the anchor (ES256), both message
signatures (RFC 9421, one alone or shared with others), the answer's tie to the question, digests (RFC 9530), the commitment of the values, and for each entry
opening, inclusion (RFC 6962), the signatures on the checkpoint (C2SP signed-note, tlog-cosignature; ML-DSA-44 where openssl
knows it), and the time-stamp (RFC 3161, `openssl ts -verify`) under the certificates that the anchor names.
"""

import base64
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile


class Refused(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Refused(why)


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64(text):
    return base64.b64decode(text, validate=True)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    """RFC 8785 for the values that occur here: no exotic numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def openssl(args, *files):
    paths = []
    try:
        for content in files:
            handle, path = tempfile.mkstemp()
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            paths.append(path)
        done = subprocess.run(
            ["openssl", *[paths[int(arg[1:])] if re.fullmatch(r"@\d", arg) else arg for arg in args]],
            capture_output=True,
            timeout=20,
        )
        return done.returncode == 0
    finally:
        for path in paths:
            os.unlink(path)


def der_integer(raw):
    raw = raw.lstrip(b"\0") or b"\0"
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return b"\x02" + bytes([len(raw)]) + raw


def es256(jwk, data, signature):
    """SubjectPublicKeyInfo of P-256 is a fixed head and the point."""
    need(jwk["kty"] == "EC" and jwk["crv"] == "P-256" and len(signature) == 64, "key")
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
    spki = head + b"\x04" + b64url(jwk["x"]) + b64url(jwk["y"])
    body = der_integer(signature[:32]) + der_integer(signature[32:])
    der = b"\x30" + bytes([len(body)]) + body
    return openssl(
        ["dgst", "-sha256", "-verify", "@0", "-keyform", "DER", "-signature", "@1", "@2"], spki, der, data
    )


def ed25519(public, data, signature):
    spki = bytes.fromhex("302a300506032b6570032100") + public
    return openssl(
        ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "@0", "-rawin", "-in", "@1", "-sigfile", "@2"],
        spki,
        data,
        signature,
    )


def knows_ml_dsa():
    listed = subprocess.run(["openssl", "list", "-signature-algorithms"], capture_output=True, timeout=20)
    return b"ML-DSA-44" in listed.stdout


def ml_dsa_44(public, data, signature):
    """RFC 9881: SubjectPublicKeyInfo of ML-DSA-44 is a fixed head and the key."""
    spki = bytes.fromhex("30820532300b06096086480165030403110382052100") + public
    return openssl(
        ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "@0", "-in", "@1", "-sigfile", "@2"],
        spki,
        data,
        signature,
    )


def read_jwt(token):
    header, payload, signature = token.split(".")
    return json.loads(b64url(header)), json.loads(b64url(payload)), f"{header}.{payload}".encode(), b64url(signature)


def jwt_holds(token, keys):
    header, _, data, signature = read_jwt(token)
    for key in keys:
        if key.get("kid") == header["kid"]:
            return es256(key, data, signature)
    return False


def verify_chain(tokens, anchor):
    claims = [read_jwt(token)[1] for token in tokens]
    for lower, upper in zip(claims, claims[1:]):
        need(lower["iss"] == upper["sub"], "chain broken")
    need(claims[0]["iss"] == claims[0]["sub"] == claims[1]["sub"], "chain subject")
    in_use = [key for key in anchor["keys"] if claims[-1]["iat"] <= key.get("exp", claims[-1]["iat"]) + 60]
    need(jwt_holds(tokens[-1], in_use), "anchor")
    need(jwt_holds(tokens[0], claims[0]["jwks"]["keys"]), "self signature")
    for token, upper in zip(tokens, claims[1:]):
        need(jwt_holds(token, upper["jwks"]["keys"]), "statement signature")
    metadata = claims[0]["metadata"]
    for entity_type, words in claims[1].get("metadata", {}).items():
        if entity_type in metadata:
            metadata[entity_type].update(words)
    return {
        "id": claims[0]["sub"],
        "superior": claims[1]["iss"],
        "metadata": metadata,
        "authorities": claims[-1]["metadata"].get("jisr_anchor", {}).get("time_stamp_authorities", []),
        "from": max(one["iat"] for one in claims),
        "until": min(one["exp"] for one in claims),
    }


def parse_signature(headers, label):
    found = re.fullmatch(re.escape(label) + r"=(\((.*?)\)(;.*))", headers["signature-input"])
    need(found, "signature-input")
    value = re.fullmatch(re.escape(label) + r"=:([A-Za-z0-9+/=]+):", headers["signature"])
    need(value, "signature")
    params = dict(re.findall(r';([a-z]+)=("[^"]*"|\d+)', found[3]))
    return found[2].split(" "), found[1], {k: v.strip('"') for k, v in params.items()}, b64(value[1])


def component(identifier, message, request):
    name, *flags = identifier.split(";")
    name = name.strip('"')
    source = request if "req" in flags else message
    if name == "@method":
        return source["method"]
    if name == "@target-uri":
        return source["target"]
    if name == "@status":
        return str(source["status"])
    value = source["headers"][name]
    if any(flag.startswith("key=") for flag in flags):
        return re.fullmatch(r"[a-z]+=(.*)", value)[1]
    return value


def shared_signature_holds(key, base, signature):
    """`jisr-es256-batch` (protocol/README.md): one ES256 signature over the head of a tree of many signature bases."""
    if len(signature) < 104 or (len(signature) - 72) % 32:
        return False
    size, index = struct.unpack(">II", signature[64:72])
    if not 2 <= size <= 256 or index >= size:
        return False
    path = [signature[at : at + 32] for at in range(72, len(signature), 32)]
    head = root_from(sha(b"\0", base), index, size, path)
    return es256(key, b"jisr/batch-signature/v1\n" + struct.pack(">I", size) + head, signature[:64])


def verify_message(message, request, label, keys, required):
    components, signed, params, signature = parse_signature(message["headers"], label)
    for one in required:
        need(one in components, f"{label} does not cover {one}")
    lines = [f"{one}: {component(one, message, request)}" for one in components]
    base = "\n".join([*lines, f'"@signature-params": {signed}']).encode("latin-1")
    key = next((key for key in keys if key.get("kid") == params["keyid"]), None)
    need(key, f"{label} key")
    holds = {"ecdsa-p256-sha256": es256, "jisr-es256-batch": shared_signature_holds}.get(params.get("alg"))
    need(holds and holds(key, base, signature), f"{label} signature")
    if "body" in message:
        digest = base64.b64encode(sha(message["body"].encode())).decode()
        need(message["headers"]["content-digest"] == f"sha-256=:{digest}:", f"{label} digest")
    return int(params["created"])


def root_from(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    need(index < size, "index")
    fn, sn, at = index, size - 1, leaf
    for sibling in path:
        need(sn > 0, "path too long")
        if fn & 1 or fn == sn:
            at = sha(b"\1", sibling, at)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            at = sha(b"\1", at, sibling)
        fn >>= 1
        sn >>= 1
    need(sn == 0, "path too short")
    return at


def note_key(text):
    name, key_id, material = text.split("+", 2)
    raw = b64(material)
    need(sha(f"{name}\n".encode(), raw)[:4] == bytes.fromhex(key_id), "key id")
    return name, bytes.fromhex(key_id), raw[1:]


def verify_checkpoint(note, log_key, witnesses):
    split = note.rindex("\n\n")
    text, lines = note[: split + 1], note[split + 2 :].strip("\n").split("\n")
    signatures = [(line.split(" ")[1], b64(line.split(" ")[2])) for line in lines]
    origin, size, root = text.split("\n")[:3]
    name, key_id, public = note_key(log_key)
    need(origin == name, "origin")
    need(
        any(n == name and s[:4] == key_id and ed25519(public, text.encode(), s[4:]) for n, s in signatures),
        "log signature",
    )
    cosigned = set()
    for signer, signature in signatures:
        if signer == name:
            continue
        known = [key for key in witnesses if key[:2] == (signer, signature[:4])]
        need(known, "unknown cosignature")
        witness = known[0][2]
        (at,) = struct.unpack(">Q", signature[4:12])
        if len(witness) == 32:
            message = f"cosignature/v1\ntime {at}\n{text}".encode()
            need(ed25519(witness, message, signature[12:]), "cosignature")
        else:
            need(len(witness) == 1312 and len(signature) == 12 + 2420, "cosignature")
            if not knows_ml_dsa():
                continue
            message = b"".join([
                b"subtree/v1\n\0", bytes([len(signer)]), signer.encode(), struct.pack(">Q", at),
                bytes([len(origin)]), origin.encode(), struct.pack(">QQ", 0, int(size)), b64(root),
            ])
            need(ml_dsa_44(witness, message, signature[12:]), "cosignature")
        cosigned.add(signer)
    return int(size), b64(root), len(cosigned)


def verify_stamp(stamp, leaf, index, log_key, authorities):
    size, root, _ = verify_checkpoint(stamp["checkpoint"], log_key, [])
    need(size == stamp["treeSize"], "stamped size")
    need(root_from(leaf, index, size, [b64(one) for one in stamp["hashes"]]) == root, "stamped inclusion")
    text = stamp["checkpoint"][: stamp["checkpoint"].rindex("\n\n") + 1].encode()
    roots = "".join(pem for one in authorities for pem in one["certificates"]).encode()
    args = ["ts", "-verify", "-data", "@0", "-token_in", "-in", "@1", "-CAfile", "@2"]
    need(openssl(args, text, b64(stamp["token"]), roots), "stamp")


def judge(asked):
    text = asked["file"]
    file = json.loads(text)
    need(canonical(file) == text.encode(), "not canonical")
    need(file["type"] == "jisr-proof" and file["version"] == 1, "version")
    chains = [verify_chain(tokens, asked["anchor"]) for tokens in file["chains"]]

    def chain_of(entity, at):
        for chain in chains:
            if chain["id"] == entity and chain["from"] - 60 <= at < chain["until"] + 60:
                return chain
        raise Refused(f"no chain for {entity}")

    question, answer = file["question"], file["answer"]
    at = int(re.search(r";created=(\d+)", question["headers"]["signature-input"])[1])
    entries = {entry["opening"]["record"]["kind"]: entry for entry in file["entries"]}
    answered = entries["evidence-answered"]["opening"]["record"]
    asking = chain_of(question["headers"]["jisr-requester"], at)
    answering = chain_of(answered["provider"], at)

    def keys(chain):
        return chain["metadata"]["jisr_office"]["jwks"]["keys"]

    verify_message(question, None, "question", keys(asking), [
        '"@method"', '"@target-uri"', '"content-digest"', '"x-road-id"', '"jisr-requester"', '"jisr-authorization-digest"',
    ])
    verify_message(answer, question, "answer", keys(answering), [
        '"@status"', '"content-digest"', '"@target-uri";req', '"content-digest";req', '"signature";req;key="question"',
    ])
    if "body" in question:
        digest = sha(f"{question['target']}\n{question['body']}".encode()).hex()
        need(answered["questionDigest"] == digest, "question digest")
    if "values" in file:
        commitment = sha(b64(file["values"]["salt"]), canonical(file["values"]["fields"]))
        need(b64(answered["valuesCommitment"]) == commitment, "values")
    stamped = 0
    for kind, entry in entries.items():
        state = chain_of((answering if kind == "evidence-answered" else asking)["superior"], at)
        node = state["metadata"]["jisr_node"]
        record = entry["opening"]["record"]
        need(record["questionId"] == question["headers"]["x-road-id"], "another question")
        commitment = sha(b"jisr/commitment/v1\n", b64(entry["opening"]["salt"]), canonical(record))
        need(commitment == b64(entry["opening"]["commitment"]), "opening")
        leaf = sha(b"\0", commitment)
        need(leaf.hex() == entry["leafHash"], "leaf")
        inclusion = entry["inclusion"]
        witnesses = []
        for chain in chains:
            other = chain["metadata"].get("jisr_node")
            if other and chain["id"] != state["id"]:
                witnesses += [note_key(key) for key in [other["witness_key"], *other.get("more_witness_keys", [])]]
        size, root, cosigned = verify_checkpoint(inclusion["checkpoint"], node["ledger_key"], witnesses)
        need(size == inclusion["treeSize"], "tree size")
        path = [b64(one) for one in inclusion["hashes"]]
        need(root_from(leaf, inclusion["leafIndex"], size, path) == root, "inclusion")
        need(cosigned >= asked["quorum"], "quorum")
        if "stamp" in inclusion:
            verify_stamp(inclusion["stamp"], leaf, inclusion["leafIndex"], node["ledger_key"], state["authorities"])
            stamped += 1
    received = entries.get("evidence-received")
    if received:
        need(received["opening"]["record"]["answerDigest"] == answer["headers"]["content-digest"], "answer digest")
        need(received["opening"]["record"]["providerLeafHash"] == entries["evidence-answered"]["leafHash"], "their leaf")
    return f"accepted {len(chains)} chains {len(entries)} entries {stamped} stamps"


try:
    print(judge(json.load(sys.stdin)))
except Refused as refusal:
    print(f"refused {refusal}")
except (KeyError, ValueError, TypeError, IndexError, StopIteration) as error:
    print(f"refused malformed: {error!r}")
