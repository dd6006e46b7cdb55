package io.harpc.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

import org.jspecify.annotations.Nullable;

/**
 * Where in a certificate the name of its owner is.
 */
public enum CertificateName {

	/** The common name of the subject; there must be one and no other. */
	COMMON_NAME(-1),

	/** The first DNS name among the subject's alternative names. */
	DNS(2),

	/** The first URI among these, such as a SPIFFE id. */
	URI(6),

	/** The first mail address among these. */
	EMAIL(1);

	/** Of RFC 5280, section 4.2.1.6. */
	private final int generalName;

	CertificateName(int generalName) {
		this.generalName = generalName;
	}

	/** As it is written in properties. */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	String in(X509Certificate certificate) throws AuthenticationException {
		String name = (this == COMMON_NAME) ? commonName(certificate) : alternativeName(certificate);
		if (name == null || name.isEmpty()) {
			throw new AuthenticationException("the certificate has no " + this + " to know its owner by");
		}
		return name;
	}

	private static @Nullable String commonName(X509Certificate certificate) throws AuthenticationException {
		List<Object> found = new ArrayList<>();
		try {
			for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
				Attribute names = rdn.toAttributes().get("CN");
				for (int i = 0; names != null && i < names.size(); i++) {
					found.add(names.get(i));
				}
			}
		}
		catch (InvalidNameException ex) {
			throw new AuthenticationException("the certificate's subject cannot be read", ex);
		}
		catch (NamingException ex) {
			throw new AuthenticationException("the certificate's common name cannot be read", ex);
		}
		if (found.size() > 1) {
			throw new AuthenticationException("the certificate has " + found.size() + " common names (expected: one)");
		}
		return (!found.isEmpty() && found.get(0) instanceof String name) ? name : null;
	}

	private @Nullable String alternativeName(X509Certificate certificate) throws AuthenticationException {
		try {
			Collection<List<?>> names = certificate.getSubjectAlternativeNames();
			if (names != null) {
				for (List<?> name : names) {
					if (name.get(0).equals(this.generalName)) {
						return String.valueOf(name.get(1));
					}
				}
			}
			return null;
		}
		catch (CertificateParsingException ex) {
			throw new AuthenticationException("the certificate's alternative names cannot be read", ex);
		}
	}

}
