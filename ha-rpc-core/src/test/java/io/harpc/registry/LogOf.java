package io.harpc.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What a class logs about one thing from INFO on, as {@code LEVEL message}, until closed.
 */
public final class LogOf extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final Logger logger;

	private final String about;

	private final @Nullable Level level;

	public LogOf(Class<?> type, String about) {
		this(type, about, Level.INFO);
	}

	public LogOf(Class<?> type, String about, Level from) {
		this.logger = (Logger) LoggerFactory.getLogger(type);
		this.about = about;
		this.level = this.logger.getLevel();
		this.logger.setLevel(from);
		start();
		this.logger.addAppender(this);
	}

	public List<String> lines() {
		return List.copyOf(this.lines);
	}

	@Override
	protected void append(ILoggingEvent event) {
		String line = event.getLevel() + " " + event.getFormattedMessage();
		if (line.contains(this.about)) {
			this.lines.add(line);
		}
	}

	@Override
	public void close() {
		this.logger.detachAppender(this);
		this.logger.setLevel(this.level);
		stop();
	}

}
