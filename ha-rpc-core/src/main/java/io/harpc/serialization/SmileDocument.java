package io.harpc.serialization;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.dataformat.smile.SmileParser;

/**
 * Smile may end a document by a byte, {@code 0xff}, and its parser takes that for the end
 * even within an object: from there on there are no more tokens, but no exception either,
 * and Jackson waits for the end of the object for ever. Here it is an error, as the end
 * of the bytes is.
 */
final class SmileDocument extends JsonParserDelegate {

	private SmileDocument(JsonParser parser) {
		super(parser);
	}

	/** Guards a parser of Smile; others have no such byte. */
	static JsonParser guard(JsonParser parser) {
		return (parser instanceof SmileParser) ? new SmileDocument(parser) : parser;
	}

	@Override
	public JsonToken nextToken() throws IOException {
		JsonToken token = this.delegate.nextToken();
		if (token == null && !this.delegate.getParsingContext().inRoot()) {
			throw new UnreadablePayloadException("the payload ends within a value");
		}
		return token;
	}

	@Override
	public JsonToken nextValue() throws IOException {
		JsonToken token = nextToken();
		return (token == JsonToken.FIELD_NAME) ? nextToken() : token;
	}

}
