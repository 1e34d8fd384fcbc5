-- What a message says beyond event and data (MessageEnvelope.Encode); NULL for most.
ALTER TABLE messages ADD COLUMN envelope BLOB;
