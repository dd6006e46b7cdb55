package io.harpc.method;

import java.util.List;

/**
 * An interface cannot be called from another process as it stands. It is thrown when the
 * application starts, with everything that is wrong with the interface at once; each
 * problem names the method, the parameter, and what to do.
 */
public class InvalidServiceException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final transient List<String> problems;

	/**
	 * Creates an exception.
	 * @param type the interface
	 * @param problems what is wrong with it, at least one sentence
	 */
	public InvalidServiceException(Class<?> type, List<String> problems) {
		super(type.getName() + " cannot be called from another process:\n  - " + String.join("\n  - ", problems));
		this.problems = List.copyOf(problems);
	}

	/**
	 * What is wrong, one sentence for each problem.
	 * @return the problems, in the order of the methods
	 */
	public List<String> problems() {
		return (this.problems != null) ? this.problems : List.of();
	}

}
