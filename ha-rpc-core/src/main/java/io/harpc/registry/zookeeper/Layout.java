package io.harpc.registry.zookeeper;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.harpc.ServiceKey;

/**
 * Which path stands for what: {@code <root>/services/<service>/<id>-<sequence>}. The
 * service is the text of its key, percent-encoded so that it is one segment. Immutable.
 */
final class Layout {

	/** A dash and the ten digits that ZooKeeper appends to a sequential node. */
	private static final int SEQUENCE_LENGTH = 11;

	private final String services;

	Layout(String root) {
		this.services = root + "/services";
	}

	String services() {
		return this.services;
	}

	String service(ServiceKey service) {
		String segment = URLEncoder.encode(service.toString(), StandardCharsets.UTF_8);
		// The two names that ZooKeeper does not take for a segment.
		boolean dots = segment.equals(".") || segment.equals("..");
		return this.services + "/" + (dots ? segment.replace(".", "%2E") : segment);
	}

	/**
	 * The service that a path is, or is in.
	 * @param path any path
	 * @return the service, or {@code null} if the path has none or one of another form
	 */
	@Nullable ServiceKey serviceOf(String path) {
		if (!path.startsWith(this.services + "/")) {
			return null;
		}
		int start = this.services.length() + 1;
		int end = path.indexOf('/', start);
		return parse(path.substring(start, (end < 0) ? path.length() : end));
	}

	/**
	 * The instance id that a node's name says.
	 * @param name the last segment of a path
	 * @return the id, empty if the name is of another form
	 */
	static String idOf(String name) {
		int dash = name.length() - SEQUENCE_LENGTH;
		boolean valid = dash > 0 && name.charAt(dash) == '-' && name.chars().skip(dash + 1L).allMatch(Layout::isDigit);
		return valid ? name.substring(0, dash) : "";
	}

	private static boolean isDigit(int c) {
		return c >= '0' && c <= '9';
	}

	private static @Nullable ServiceKey parse(String segment) {
		try {
			String text = URLDecoder.decode(segment, StandardCharsets.UTF_8);
			int slash = text.indexOf('/');
			String group = (slash < 0) ? "" : text.substring(slash + 1);
			String rest = (slash < 0) ? text : text.substring(0, slash);
			int colon = rest.indexOf(':');
			String version = (colon < 0) ? "" : rest.substring(colon + 1);
			return new ServiceKey((colon < 0) ? rest : rest.substring(0, colon), version, group);
		}
		catch (IllegalArgumentException ex) {
			// Not made by us: nobody can watch it, so nobody needs to know.
			return null;
		}
	}

}
