package io.harpc.registry;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Signs instances and checks what is signed, so that who can write to the registry cannot
 * make instances up. The signature is in the metadata, under {@value #METADATA}, and goes
 * where the instance goes. It is over everything else that the instance says, and over
 * the session that registered it: an entry that is copied into another session is not
 * valid there. Its form is in {@code docs/registry-layout.md}. Immutable.
 */
public final class InstanceSignatures {

	/** The name of the metadata that holds the signature. */
	public static final String METADATA = "ha-rpc.signature";

	/**
	 * Begins what is signed, so that no key signs the same bytes with another meaning.
	 */
	private static final String PURPOSE = "ha-rpc instance 1";

	private static final Pattern FORM = Pattern
		.compile("1\\.(?<key>[A-Za-z0-9_-]{1,32})\\.(?<session>[0-9a-f]{1,16})\\.(?<signature>[A-Za-z0-9_-]{1,128})");

	private final List<SigningKey> keys;

	private final Map<String, SigningKey> byName = new HashMap<>();

	private final boolean required;

	/**
	 * Creates them.
	 * @param keys the first signs, all are accepted; at least one
	 * @param required whether an instance without a signature is refused. One whose
	 * signature is wrong always is
	 */
	public InstanceSignatures(List<SigningKey> keys, boolean required) {
		if (keys.isEmpty()) {
			throw new IllegalArgumentException("keys: none (expected: at least one)");
		}
		this.keys = List.copyOf(keys);
		this.required = required;
		for (SigningKey key : keys) {
			if (this.byName.put(key.name(), key) != null) {
				throw new IllegalArgumentException("key name: " + key.name() + " (expected: one that no other has)");
			}
		}
	}

	/**
	 * Signs an instance with the first key.
	 * @param instance the instance
	 * @param session the session that registers it
	 * @return the same with a signature, instead of any that it had
	 * @throws IllegalStateException if the first key can only check
	 */
	public Instance sign(Instance instance, long session) {
		SigningKey key = this.keys.get(0);
		if (!key.canSign()) {
			throw new IllegalStateException("signing key: " + key.name()
					+ ", which has no private half (expected: a first key that can sign, where something is registered)");
		}
		byte[] signature = key.sign(text(instance, key.name(), session));
		Map<String, String> metadata = new LinkedHashMap<>(instance.metadata());
		metadata.put(METADATA, String.join(".", "1", key.name(), Long.toHexString(session),
				Base64.getUrlEncoder().withoutPadding().encodeToString(signature)));
		return new Instance(instance.id(), instance.service(), instance.address(), instance.weight(), instance.zone(),
				instance.serialization(), instance.tls(), metadata);
	}

	/**
	 * Checks an instance.
	 * @param instance the instance
	 * @param session the session that it was registered by, {@code null} where that is
	 * not known
	 * @throws IllegalArgumentException if it is not signed and has to be, if it is not
	 * what was signed, or if it was signed for another session or by an unknown key
	 */
	public void check(Instance instance, @Nullable Long session) {
		String text = instance.metadata().get(METADATA);
		if (text == null) {
			if (this.required) {
				throw new IllegalArgumentException("signature: none (expected: one by " + this.keys + ")");
			}
			return;
		}
		Matcher parts = FORM.matcher(text);
		if (!parts.matches()) {
			throw new IllegalArgumentException("signature: of an unknown form (expected: one by " + this.keys + ")");
		}
		SigningKey key = this.byName.get(parts.group("key"));
		if (key == null) {
			throw new IllegalArgumentException("signature: by key " + parts.group("key")
					+ ", which is not known here (expected: one by " + this.keys + ")");
		}
		long signed = Long.parseUnsignedLong(parts.group("session"), 16);
		byte[] signature = Base64.getUrlDecoder().decode(parts.group("signature"));
		if (!key.verify(text(instance, key.name(), signed), signature)) {
			throw new IllegalArgumentException(
					"signature: wrong (expected: one by " + key + ", with the same secret or pair at both ends)");
		}
		if (session != null && session != signed) {
			throw new IllegalArgumentException("signature: of session " + Long.toHexString(signed) + " (expected: "
					+ Long.toHexString(session) + ", which the entry belongs to)");
		}
	}

	/** Each field with its length before it: no two instances have the same bytes. */
	private static byte[] text(Instance instance, String keyName, long session) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			put(out, PURPOSE);
			put(out, keyName);
			out.writeLong(session);
			put(out, instance.id());
			put(out, instance.service().name());
			put(out, instance.service().version());
			put(out, instance.service().group());
			put(out, instance.address().host());
			out.writeInt(instance.address().port());
			out.writeInt(instance.weight());
			put(out, instance.zone());
			put(out, instance.serialization());
			put(out, (instance.tls() != null) ? instance.tls().toString() : "");
			Map<String, String> metadata = new TreeMap<>(instance.metadata());
			metadata.remove(METADATA);
			out.writeInt(metadata.size());
			for (Map.Entry<String, String> entry : metadata.entrySet()) {
				put(out, entry.getKey());
				put(out, entry.getValue());
			}
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("text: half of a character (expected: Unicode)", ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Memory cannot be written to", ex);
		}
		return bytes.toByteArray();
	}

	private static void put(DataOutputStream out, String text) throws IOException {
		// An encoder, because String.getBytes makes a question mark of what is no
		// character.
		ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
		out.writeInt(utf8.remaining());
		out.write(utf8.array(), 0, utf8.remaining());
	}

}
