"""Writes a root into the directory given, and for each `file=common name,host,host` a certificate below it, and its key."""

import datetime
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

directory, *wanted = sys.argv[1:]
now = datetime.datetime.now(datetime.timezone.utc)


def issue(common_name, issuer=None, ca=False, hosts=()):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[0].subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if hosts:
        names = [x509.DNSName(host) for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def write(name, content):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(content)


root = issue("Hookline test root", ca=True)
intermediate = issue("Hookline test intermediate", root, ca=True)
write("root.pem", pem(root[0]))
for entry in wanted:
    file, names = entry.split("=", 1)
    first, *others = names.split(",")
    certificate, key = issue(first, intermediate, hosts=others)
    write(f"{file}.pem", pem(certificate) + pem(intermediate[0]))
    plain = serialization.NoEncryption()
    write(f"{file}.key", key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
